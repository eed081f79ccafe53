import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { leafHash as leafOf, type Clock } from "@swoosh/kernel";
import { SHIPPED_CHARTS } from "../charts/shipped-charts.ts";
import { writeKeyFile } from "../keys/key-file.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { dataFolder } from "./data-folder.ts";
import { NodeProblem } from "./node-problem.ts";
import { openNode } from "./open-node.ts";

export interface InitOptions {
  readonly folder: string;
  /** First part of the origin. */
  readonly name?: string;
  /** Chart folders beside those that come with Swoosh. */
  readonly charts?: readonly string[];
  readonly clock?: Clock;
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
 * Makes a data folder: keys, the genesis record, the shipped charts. Throws `NodeProblem` where something is there
 * already: keys are never overwritten.
 */
export async function initNode(options: InitOptions): Promise<InitReport> {
  const paths = dataFolder(options.folder);
  if (existsSync(paths.folder) && readdirSync(paths.folder).length > 0)
    throw new NodeProblem(
      `${paths.folder} is not empty; name another folder, or start the one that is there with swoosh up --data ${paths.folder}`,
    );
  mkdirSync(paths.keys, { recursive: true, mode: 0o700 });
  const operator = PrivateKey.generate();
  writeKeyFile(paths.nodeKey, PrivateKey.generate());
  writeKeyFile(paths.operatorKey, operator);
  const genesis = { name: options.name ?? NAME_DEFAULT, operator: operator.identity };
  const node = await openNode({
    folder: paths.folder,
    genesis,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  try {
    const charts = await node.installCharts([SHIPPED_CHARTS, ...(options.charts ?? [])]);
    const [first = ""] = await node.engine.records(0, 1);
    return {
      folder: paths.folder,
      origin: node.origin,
      node: node.crypto.node,
      operator: operator.identity,
      operatorKeyFile: paths.operatorKey,
      firstLeaf: leafOf(node.kernel.hasher, first),
      charts: ["identity", ...charts.map(({ name }) => name)],
    };
  } finally {
    await node.close();
  }
}
