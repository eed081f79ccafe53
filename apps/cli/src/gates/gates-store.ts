import { readFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  ABSENT_HASH,
  canonicalize,
  createEngine,
  formatHlc,
  maxHlc,
  nextHlc,
  parseHlc,
  PROPOSAL_TYPE,
  type Answer,
  type CompiledChart,
  type Engine,
  type JsonObject,
} from "@swoosh/kernel";
import type { Recorded } from "@swoosh/gates";
import { randomUUID } from "node:crypto";
import { kernel } from "../kernel.ts";
import { WorldError } from "../world-error.ts";
import { EvidenceFiles, evidenceHash } from "./evidence-files.ts";
import { writeHeads } from "./heads-file.ts";
import { readIfThere, writeWhole } from "./write-whole.ts";
import { keyOf, nodeClock, nodeCrypto, nodeRandom, type KeyHolder } from "./node-ports.ts";

const CHARTS = ["criterion", "ladder", "lifecycle", "task"] as const;
/** Of a log of verdicts: some hundred bytes each. */
const SEGMENT_BYTES = 1_048_576;
/** How long a command waits for another one that has the log, ms, and how often it looks. */
const LOCK_WAIT_MS = 15_000;
const LOCK_LOOK_MS = 50;

/**
 * The log of a repository's gates in `.swoosh/gates`: an engine of its own, no server. What is in it was signed: verdicts by
 * the key `ci`, people's records by theirs.
 */
export class GatesStore {
  readonly evidence: EvidenceFiles;
  readonly ci: KeyHolder;
  readonly operatorKeyPath: string;
  readonly #engine: Engine;
  readonly #close: () => Promise<void>;
  readonly #folder: string;
  /** Instances that somebody asked about: what is left for `status`. */
  readonly #asked = new Set<string>();

  constructor(given: {
    readonly evidence: EvidenceFiles;
    readonly ci: KeyHolder;
    readonly operatorKeyPath: string;
    readonly engine: Engine;
    readonly close: () => Promise<void>;
    readonly folder: string;
  }) {
    this.evidence = given.evidence;
    this.ci = given.ci;
    this.operatorKeyPath = given.operatorKeyPath;
    this.#engine = given.engine;
    this.#close = given.close;
    this.#folder = given.folder;
  }

  get at(): number {
    return Math.max(nodeClock.now(), this.#engine.status().at);
  }

  get size(): number {
    return this.#engine.status().size;
  }

  get origin(): string {
    return this.#engine.state.origin;
  }

  recorded(instance: string): Recorded | undefined {
    this.#asked.add(instance);
    const document = this.#engine.state.head(instance)?.document;
    return document === undefined
      ? undefined
      : { configuration: document.configuration, context: document.context };
  }

  /** Signed by `by`, tried again where the head has moved meanwhile. */
  async propose(
    by: KeyHolder,
    about: {
      readonly instance: string;
      readonly transition: string;
      readonly inputs: JsonObject;
      readonly justification?: string;
    },
  ): Promise<Answer> {
    const { instance, transition, inputs } = about;
    const head = this.#engine.state.head(instance);
    const last = parseHlc(head?.document.hlc_last ?? "");
    const own = { wallMs: nodeClock.now(), counter: 0 };
    const body: JsonObject = {
      current_state_hash: head?.hash ?? ABSENT_HASH,
      hlc: formatHlc(last === undefined ? own : maxHlc(own, nextHlc(last))),
      idem_key: `gates:0:${transition}:${randomUUID()}`,
      inputs_hash: kernel.valueHash(inputs),
      instance,
      ...(about.justification === undefined ? {} : { justification: about.justification }),
      origin: this.#engine.state.origin,
      signer: by.identity,
      transition,
    };
    return this.#engine.propose(
      canonicalize({ ...body, inputs, signature: by.signPayload(PROPOSAL_TYPE, body) }),
    );
  }

  /** As the machine, and it must be accepted. */
  async must(about: {
    readonly instance: string;
    readonly transition: string;
    readonly inputs: JsonObject;
  }): Promise<void> {
    const answer = await this.propose(this.ci, about);
    if (answer.kind === "refused")
      throw new WorldError(
        `the log refused ${about.transition} of ${about.instance}: ${answer.refused.code}: ${answer.refused.reasons.join("; ")}`,
      );
  }

  /** Texts of all records, oldest first. */
  async records(): Promise<readonly string[]> {
    const all: string[] = [];
    for (;;) {
      const page = await this.#engine.records(all.length, 1_000);
      if (page.length === 0) return all;
      all.push(...page);
    }
  }

  async close(): Promise<void> {
    const heads = new Map([...this.#asked].map((instance) => [instance, this.recorded(instance)]));
    const { at } = this.#engine.status();
    await this.#close();
    try {
      writeHeads(this.#folder, this.ci, heads, at);
    } catch {
      // It is a copy that saves time: without it, status opens the log.
    }
  }
}

/** Opens `.swoosh/gates` of a repository, and makes it on the first call: keys, genesis, the identity `ci`, the charts. */
export async function openGatesStore(root: string): Promise<GatesStore> {
  const folder = join(root, ".swoosh", "gates");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keys = join(folder, "keys");
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
    const store = new GatesStore({
      evidence,
      ci,
      operatorKeyPath,
      engine,
      folder,
      close: async () => {
        await engine.stop();
        await journal.close();
      },
    });
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
  const texts = CHARTS.map((name) => evidenceHash(chartText(name))).join("\n");
  const marker = join(about.keys, "..", "charts.installed");
  // Loading charts costs more than all else of a short command; what was installed is remembered by the hash of its text.
  if (readIfThere(marker) !== texts) {
    for (const name of CHARTS) {
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
  const roles = CHARTS.map((chart) => ({ role: "ci", scope: `${chart}/*` }));
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
