import { resolve } from "node:path";
import { leafHash as leafOf, type Clock } from "@swoosh/kernel";
import { SHIPPED_CHARTS } from "../charts/shipped-charts.ts";
import { ageIdentities } from "../keys/age-identity.ts";
import { decryptAge, encryptAge } from "../keys/age.ts";
import { beginFolder, finishFolder, isFresh } from "./begun-folder.ts";
import { dataFolder } from "./data-folder.ts";
import { NodeProblem } from "./node-problem.ts";
import type { JournalKind } from "./open-journal.ts";
import { openNode } from "./open-node.ts";
import type { TestPorts } from "./test-ports.ts";

export interface InitOptions {
  readonly folder: string;
  /** First part of the origin. */
  readonly name?: string;
  /** Chart folders beside those that come with Swoosh. */
  readonly charts?: readonly string[];
  readonly clock?: Clock;
  /** In tests, instead of the world's clock, random numbers and keys. */
  readonly testPorts?: TestPorts | undefined;
  readonly segmentBytes?: number;
  /** `age1…`, who can read the key files. This machine must be one of them: the node reads its key at every start. */
  readonly ageRecipients?: readonly string[];
  /** `file` unless given. */
  readonly journalKind?: JournalKind;
}

/** What a person should note down when a log begins: with it a stranger can tell this log from any other. */
export interface InitReport {
  readonly folder: string;
  readonly origin: string;
  /** `hmmm:pubkey:…` */
  readonly node: string;
  readonly operator: string;
  readonly operatorKeyFile: string;
  /** Leaf hash of record 0, 64 hex. */
  readonly firstLeaf: string;
  /** Names of the charts that were installed, `identity` among them. */
  readonly charts: readonly string[];
}

const NAME_DEFAULT = "swoosh";

/**
 * Makes a data folder: keys, the genesis record, the shipped charts; or finishes one that a crash left half-made. Throws
 * `NodeProblem` where something is there already: keys that anybody may know are never overwritten.
 */
export async function initNode(options: InitOptions): Promise<InitReport> {
  const paths = dataFolder(resolve(options.folder));
  if (!isFresh(paths))
    throw new NodeProblem(
      `${options.folder} is not empty; name another folder, or start the one that is there with swoosh up --data ${options.folder}`,
    );
  const { ageRecipients = [] } = options;
  if (ageRecipients.length > 0) mustBeRecipient(ageRecipients);
  const { testPorts } = options;
  const operator = beginFolder(paths, { ageRecipients, testPorts });
  const genesis = { name: options.name ?? NAME_DEFAULT, operator: operator.identity };
  const node = await openNode({
    folder: paths.folder,
    genesis,
    testPorts,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.segmentBytes === undefined ? {} : { segmentBytes: options.segmentBytes }),
    ...(options.journalKind === undefined ? {} : { journalKind: options.journalKind }),
  });
  try {
    const charts = await node.installCharts([SHIPPED_CHARTS, ...(options.charts ?? [])]);
    finishFolder(paths);
    const [first = ""] = await node.engine.records(0, 1);
    return {
      folder: options.folder,
      origin: node.origin,
      node: node.crypto.node,
      operator: operator.identity,
      operatorKeyFile: dataFolder(options.folder).operatorKey,
      firstLeaf: leafOf(node.kernel.hasher, first),
      charts: ["identity", ...charts.map(({ name }) => name)],
    };
  } finally {
    await node.close();
  }
}

/** Before there is anything: a key that this machine cannot read is of no use to it. */
function mustBeRecipient(recipients: readonly string[]): void {
  decryptAge(encryptAge(Buffer.from("probe"), recipients), ageIdentities());
}
