import { readFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createEngine, type CompiledChart, type Engine, type JsonObject } from "@swoosh/kernel";
import type { Recorded } from "@swoosh/gates";
import { kernel } from "../kernel.ts";
import { WorldError } from "../world-error.ts";
import { EngineLog } from "./engine-log.ts";
import { EvidenceFiles, evidenceHash } from "./evidence-files.ts";
import { writeHeads } from "./heads-file.ts";
import { readIfThere, writeWhole } from "./write-whole.ts";
import { keyOf, nodeClock, nodeCrypto, nodeRandom, readKey, type KeyHolder } from "./node-ports.ts";

/** The charts that the rule stands in. */
export const GATE_CHARTS = ["criterion", "ladder", "lifecycle", "task"] as const;
/** Of a log of verdicts: some hundred bytes each. */
const SEGMENT_BYTES = 1_048_576;
/** How long a command waits for another one that has the log, ms, and how often it looks. */
const LOCK_WAIT_MS = 15_000;
const LOCK_LOOK_MS = 50;

/** One proposal to be signed. */
export interface Proposing {
  readonly instance: string;
  readonly transition: string;
  readonly inputs: JsonObject;
  readonly justification?: string;
}

/** What a log answers, as far as anybody here looks. */
export type LogAnswer =
  | { readonly kind: "accepted"; readonly index: number }
  | {
      readonly kind: "refused";
      readonly refused: {
        readonly code: string;
        readonly guard?: string | null;
        readonly reasons: readonly string[];
      };
    };

/** Where the records are: an engine of our own, or a server's. Heads answer at once, as of the last answer. */
export interface GatesLog {
  readonly origin: string;
  /** ms; never before the log's own time. */
  at(): number;
  head(instance: string): Recorded | undefined;
  /** Signed by `by`, tried again where the head has moved meanwhile. */
  propose(by: KeyHolder, about: Proposing): Promise<LogAnswer>;
  /** Texts of all records, oldest first. */
  records(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The log of a repository's gates, and what lies beside it. What is in it was signed: verdicts by the key `ci`, people's records by theirs. */
export class GatesStore {
  readonly evidence: EvidenceFiles;
  readonly ci: KeyHolder;
  readonly operatorKeyPath: string;
  readonly #log: GatesLog;
  /** Where heads are left for `status`; null: nowhere. */
  readonly #folder: string | null;
  /** Instances that somebody asked about: what is left for `status`. */
  readonly #asked = new Set<string>();

  constructor(given: {
    readonly evidence: EvidenceFiles;
    readonly ci: KeyHolder;
    readonly operatorKeyPath: string;
    readonly log: GatesLog;
    readonly folder: string | null;
  }) {
    this.evidence = given.evidence;
    this.ci = given.ci;
    this.operatorKeyPath = given.operatorKeyPath;
    this.#log = given.log;
    this.#folder = given.folder;
  }

  get at(): number {
    return this.#log.at();
  }

  get origin(): string {
    return this.#log.origin;
  }

  /** A server's, which others write to as well. */
  get isShared(): boolean {
    return this.#folder === null;
  }

  recorded(instance: string): Recorded | undefined {
    this.#asked.add(instance);
    return this.#log.head(instance);
  }

  propose(by: KeyHolder, about: Proposing): Promise<LogAnswer> {
    return this.#log.propose(by, about);
  }

  /** As the machine, and it must be accepted. */
  async must(about: Proposing): Promise<void> {
    const answer = await this.propose(this.ci, about);
    if (answer.kind === "refused")
      throw new WorldError(
        `the log refused ${about.transition} of ${about.instance}: ${answer.refused.code}: ${answer.refused.reasons.join("; ")}`,
      );
  }

  records(): Promise<readonly string[]> {
    return this.#log.records();
  }

  async close(): Promise<void> {
    const heads = new Map([...this.#asked].map((instance) => [instance, this.recorded(instance)]));
    const at = this.#log.at();
    await this.#log.close();
    if (this.#folder === null) return;
    try {
      writeHeads(this.#folder, this.ci, heads, at);
    } catch {
      // It is a copy that saves time: without it, status opens the log.
    }
  }
}

/** Which log is meant: the repository's own, or, with `url` (or SWOOSH_GATES_URL), a running server's. */
export interface GatesPlace {
  readonly url?: string;
  /** A person's key file; registers the runner at a server that does not know it. */
  readonly key?: string;
}

/** Opens the log that is meant. Keys and evidence are in `.swoosh/gates` of the repository either way. */
export async function openGatesStore(root: string, place: GatesPlace): Promise<GatesStore> {
  const folder = join(root, ".swoosh", "gates");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = join(folder, "keys");
  const url = place.url ?? process.env["SWOOSH_GATES_URL"];
  if (url === undefined || url === "") return openOwnStore(folder, keys);
  const { openServerLog } = await import("./server-log.ts");
  const evidence = new EvidenceFiles(join(folder, "bytes"));
  const ci = keyOf(keys, "ci");
  const operator = place.key === undefined ? undefined : readKey(place.key);
  const log = await openServerLog(url, { evidence, ci, operator });
  const operatorKeyPath = place.key ?? join(keys, "operator.pem");
  return new GatesStore({ evidence, ci, operatorKeyPath, log, folder: null });
}

/** Makes `.swoosh/gates` on the first call: keys, genesis, the identity `ci`, the charts. */
async function openOwnStore(folder: string, keys: string): Promise<GatesStore> {
  const node = keyOf(keys, "node");
  const ci = keyOf(keys, "ci");
  const evidence = new EvidenceFiles(join(folder, "bytes"));
  const journal = await openJournal(folder, node.publicKey);
  try {
    const ports = {
      clock: nodeClock,
      journal,
      crypto: nodeCrypto(node, (name) => evidence.isSound(name)),
      random: nodeRandom,
      transport: { publish: () => {}, dispatch: () => {}, withdraw: () => {} },
    };
    const operatorKeyPath = join(keys, "operator.pem");
    const genesis =
      journal.size === 0
        ? {
            genesis: {
              name: "gates",
              operator: keyOf(keys, "operator").identity,
              identityChart: chartOf("identity"),
            },
          }
        : {};
    const engine = await createEngine(kernel, ports, genesis);
    const log = new EngineLog(engine, () => journal.close());
    const store = new GatesStore({ evidence, ci, operatorKeyPath, log, folder });
    await prepare(store, engine, { ci, keys });
    return store;
  } catch (error) {
    await journal.close();
    throw error;
  }
}

async function openJournal(folder: string, nodeId: Uint8Array) {
  const { openFileJournal } = await import("@swoosh/server/journal");
  const until = nodeClock.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      return await openFileJournal({ folder, nodeId, segmentBytes: SEGMENT_BYTES });
    } catch (error) {
      const isLocked = error instanceof Error && error.name === "JournalLocked";
      if (!isLocked)
        throw new WorldError(error instanceof Error ? error.message : String(error), {
          cause: error,
        });
      if (nodeClock.now() > until)
        throw new WorldError(
          `${error.message}; another swoosh gates command is at work in this repository: wait for it, or stop it`,
          { cause: error },
        );
      await new Promise((resume) => setTimeout(resume, LOCK_LOOK_MS));
    }
  }
}

/** What a log needs before the first verdict; nothing of it is done twice. */
async function prepare(
  store: GatesStore,
  engine: Engine,
  about: { readonly ci: KeyHolder; readonly keys: string },
): Promise<void> {
  const texts = GATE_CHARTS.map((name) => evidenceHash(chartText(name))).join("\n");
  const marker = join(about.keys, "..", "charts.installed");
  // Loading charts costs more than all else of a short command; what was installed is remembered by the hash of its text.
  if (readIfThere(marker) !== texts) {
    for (const name of GATE_CHARTS) {
      const chart = chartOf(name);
      if (engine.state.chart(name)?.hash === chart.hash) continue;
      const answer = await engine.act.installChart(chart);
      if (answer.kind === "refused")
        throw new WorldError(
          `the chart ${name} cannot be installed: ${answer.refused.reasons.join("; ")}`,
        );
    }
    writeWhole(marker, texts);
  }
  if (store.recorded("identity/ci") !== undefined) return;
  const roles = GATE_CHARTS.map((chart) => ({ role: "ci", scope: `${chart}/*` }));
  const answer = await store.propose(keyOf(about.keys, "operator"), {
    instance: "identity/ci",
    transition: "Identity_Register",
    inputs: { key: about.ci.identity, kind: "service", roles },
  });
  if (answer.kind === "refused")
    throw new WorldError(
      `the identity ci cannot be registered: ${answer.refused.code}: ${answer.refused.reasons.join("; ")}`,
    );
}

const loaded = new Map<string, CompiledChart>();

function chartText(name: string): string {
  return readFileSync(new URL(`../../../../charts/${name}.yaml`, import.meta.url), "utf8");
}

function chartOf(name: string): CompiledChart {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const { chart, problems } = kernel.loadChartText(chartText(name));
  if (chart === undefined)
    throw new Error(
      problems.map(({ line, message }) => `charts/${name}.yaml:${line}: ${message}`).join("\n"),
    );
  loaded.set(name, chart);
  return chart;
}
