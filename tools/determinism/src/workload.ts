import {
  ABSENT_HASH,
  canonicalize,
  createKernel,
  createTree,
  formatHlc,
  leafHash,
  nextHlc,
  normalJson,
  parseHlc,
  valueHash,
  World,
  type CompiledChart,
  type Hasher,
  type Json,
  type JsonObject,
  type Kernel,
  type ProposalBody,
  type Verdict,
} from "@swoosh/kernel";
import { createDraws, type Draws } from "./draws.ts";
import { randomValue } from "./random-value.ts";

export interface WorkloadOptions {
  /** Texts of the charts, `identity` among them. */
  readonly charts: readonly string[];
  /** The run ends when the log has so many records. */
  readonly records: number;
  readonly seed: number;
  /** Hands inputs in with their keys in another order: it must not matter. */
  readonly shuffleKeys: boolean;
  /** Runs the charts as read back from their normal forms, as a restart does: it must not matter. */
  readonly fromNormal: boolean;
  /** Is given each record's bytes, and the normal form of each chart before the first. */
  readonly keep?: {
    chart(normalForm: string): void;
    record(text: string): void;
  };
}

export interface Trace {
  /** Merkle root over every step's record bytes, guard outcomes, effects and post hash, refusals included. */
  readonly root: string;
  readonly records: number;
  readonly refusals: number;
  /** Root of the log alone. */
  readonly logRoot: string;
}

const ORIGIN = `determinism/${"0".repeat(32)}`;
const START_MS = 1_763_700_000_000;
type ReduceInput = Parameters<Kernel["reduce"]>[1];

const INSTANCES = [
  "order/o-0",
  "order/o-1",
  "depot/d-0",
  "depot/d-1",
  "depot/d-2",
  "porter/p-0",
  "porter/p-1",
  "beat/main",
];
const SIGNERS = ["operator", "client", "payments", "provider", "nobody"];

/** Random transitions through reduce alone: no clock, no files, no engine. Same options, same trace, on every engine. */
export function runWorkload(hasher: Hasher, options: WorkloadOptions): Trace {
  const run = new WorkloadRun(createKernel(hasher), options);
  while (run.size < options.records) run.step();
  return run.trace();
}

/** Owns the world, the trace and the draws of one run. */
class WorkloadRun {
  readonly #kernel: Kernel;
  readonly #options: WorkloadOptions;
  readonly #draws: Draws;
  readonly #world: World;
  readonly #charts = new Map<string, CompiledChart>();
  readonly #tree;
  readonly #log;
  #at = START_MS;
  #refusals = 0;
  #keys = 0;
  #instances: string[] = [];

  constructor(kernel: Kernel, options: WorkloadOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#draws = createDraws(options.seed);
    this.#tree = createTree(kernel.hasher);
    this.#log = createTree(kernel.hasher);
    for (const text of options.charts) {
      const { chart, problems } = kernel.loadChartText(text);
      if (chart === undefined)
        throw new Error(
          `a chart of the run does not load: ${canonicalize([...problems.map((problem) => problem.message)])}`,
        );
      options.keep?.chart(canonicalize(normalJson(chart.normal)));
      this.#charts.set(chart.name, options.fromNormal ? readBack(kernel, chart) : chart);
    }
    this.#world = new World((hash) =>
      [...this.#charts.values()].find((chart) => chart.hash === hash),
    );
    this.#begin();
  }

  get size(): number {
    return this.#world.end.size;
  }

  step(): void {
    this.#at += this.#draws.below(2_000);
    const due = this.#draws.oneIn(8) ? this.#dueInstance() : undefined;
    if (due === undefined) this.#propose();
    else this.#act({ act: "@timer", instance: due });
  }

  trace(): Trace {
    return {
      root: this.#tree.root(),
      logRoot: this.#log.root(),
      records: this.#world.end.size,
      refusals: this.#refusals,
    };
  }

  #begin(): void {
    const identity = this.#charts.get("identity");
    if (identity === undefined) throw new Error("the run needs the identity chart");
    const inputs = {
      bounds: { ahead_ms: 60_000, behind_ms: 120_000 },
      flags: [],
      identity_chart: identity.hash,
      node: keyOf("node"),
      operator: keyOf("operator"),
      origin: ORIGIN,
    };
    this.#act({ act: "@genesis", inputs });
    for (const chart of this.#charts.values()) {
      if (chart.name !== "identity") this.#act({ act: "@chart", chart });
    }
    for (const [name, role] of [
      ["client", "client"],
      ["payments", "provider"],
      ["provider", "provider"],
    ] as const) {
      const roles = [{ role, scope: "*" }];
      this.#submit(
        `identity/${name}`,
        "Identity_Register",
        { key: keyOf(name), kind: "service", roles },
        "operator",
      );
    }
    this.#instances = [...INSTANCES];
  }

  #propose(): void {
    const instance = this.#draws.pick(this.#instances);
    const chart = this.#charts.get(instance.slice(0, instance.indexOf("/")));
    if (chart === undefined) throw new Error(`no chart for ${instance}`);
    const transition = this.#transitionFor(chart, instance);
    const schema = chart.normal.transitions[transition]?.inputs ?? { type: "object" };
    const value = randomValue(schema, this.#draws);
    const inputs = isObject(value) ? value : {};
    const role = chart.transitions.get(transition)?.by[0]?.role ?? "client";
    const signer = this.#draws.oneIn(20)
      ? this.#draws.pick(SIGNERS)
      : this.#signerFor(role, transition);
    this.#submit(instance, transition, inputs, signer);
    const head = this.#world.head(instance);
    // What has ended goes on under a new name, so that the run does not run dry.
    if (head?.document.meta.ended === true) {
      this.#instances = this.#instances.map((name) => (name === instance ? successor(name) : name));
    }
  }

  /** Mostly one that some active state handles; else any, or one that nobody knows. */
  #transitionFor(chart: CompiledChart, instance: string): string {
    if (this.#draws.oneIn(50)) return "Nobody_Knows";
    const names = [...chart.transitions.keys()].toSorted((a, b) => (a < b ? -1 : 1));
    const configuration = this.#world.head(instance)?.document.configuration;
    if (configuration === undefined || this.#draws.oneIn(6)) return this.#draws.pick(names);
    const handled = names.filter((name) =>
      configuration.some((path) => handles(chart, path, name)),
    );
    return this.#draws.pick(handled.length === 0 ? names : handled);
  }

  #signerFor(role: string, transition: string): string {
    if (role !== "provider") return role;
    return transition.startsWith("Payment") ? "payments" : "provider";
  }

  #submit(instance: string, transition: string, inputs: JsonObject, signer: string): void {
    const given = this.#options.shuffleKeys ? shuffled(inputs) : inputs;
    const head = this.#world.head(instance);
    const last = parseHlc(head?.document.hlc_last ?? "");
    const wallMs = this.#at - this.#draws.below(100);
    const hlc =
      last !== undefined && last.wallMs >= wallMs ? nextHlc(last) : { wallMs, counter: 0 };
    this.#keys += 1;
    const isStale = this.#draws.oneIn(30);
    const proposal: ProposalBody = {
      current_state_hash: isStale ? ABSENT_HASH : (head?.hash ?? ABSENT_HASH),
      hlc: formatHlc(hlc),
      idem_key: `goal:0:run:${this.#keys}`,
      inputs_hash: valueHash(this.#kernel.hasher, given),
      instance,
      origin: ORIGIN,
      signer: keyOf(signer),
      transition,
    };
    this.#take(
      this.#kernel.reduce(this.#world, {
        kind: "proposal",
        moment: this.#moment(),
        proposal,
        inputs: canonical(given),
        signature: "A".repeat(86),
        verdict: [],
        seen: undefined,
      }),
    );
  }

  #act(act: Extract<ReduceInput, { readonly kind: "engine" }>["act"]): void {
    this.#take(
      this.#kernel.reduce(this.#world, {
        kind: "engine",
        moment: this.#moment(),
        act,
        sign: () => "A".repeat(86),
      }),
    );
  }

  #moment(): {
    readonly index: number;
    readonly prev: string;
    readonly at: number;
    readonly now: number;
  } {
    const { size, leaf } = this.#world.end;
    return { index: size, prev: leaf, at: this.#at, now: this.#at };
  }

  #take(verdict: Verdict): void {
    if (verdict.kind === "duplicate") throw new Error("no key of the run is used twice");
    if (verdict.kind === "refused") {
      this.#refusals += 1;
      const { code, guard, reasons, outcomes } = verdict;
      this.#note(
        canonicalize({
          code,
          guard,
          outcomes: outcomes.map((outcome) => ({ ...outcome })),
          reasons,
        }),
      );
      return;
    }
    const { record, text, leaf } = verdict;
    this.#world.apply(verdict);
    this.#options.keep?.record(text);
    this.#log.append(leaf);
    this.#note(text);
    this.#note(JSON.stringify([record.outcomes, record.effects, record.post, record.parts]));
  }

  #note(text: string): void {
    this.#tree.append(leafHash(this.#kernel.hasher, text));
  }

  #dueInstance(): string | undefined {
    const beat = this.#world.head("beat/main")?.document.context["beat_index"] ?? null;
    return this.#instances.find((instance) =>
      this.#world
        .head(instance)
        ?.document.timers.some(({ due }) =>
          "at" in due ? due.at <= this.#at : typeof beat === "number" && due.beat <= beat,
        ),
    );
  }
}

function readBack(kernel: Kernel, chart: CompiledChart): CompiledChart {
  const compiled = kernel.compileNormal(canonicalize(normalJson(chart.normal)), () => undefined);
  if (!compiled.ok) throw new Error(`${chart.name} does not come back: ${compiled.problem}`);
  return compiled.chart;
}

function handles(chart: CompiledChart, path: string, transition: string): boolean {
  let state = chart.stateByPath.get(path);
  while (state !== undefined) {
    if (
      (state.on.get(transition) ?? []).length > 0 &&
      chart.transitions.get(transition)?.by.length !== 0
    )
      return true;
    state = chart.states[state.parent];
  }
  return false;
}

function keyOf(name: string): string {
  return `hmmm:pubkey:${name.padEnd(43, "_").slice(0, 43)}`;
}

function successor(instance: string): string {
  const [base = instance, generation = "0"] = instance.split("_");
  return `${base}_${Number(generation) + 1}`;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same value with its keys the other way round at every level. */
function shuffled(value: JsonObject): JsonObject {
  const turned: Json = turn(value);
  return isObject(turned) ? turned : value;
}

function turn(value: Json): Json {
  if (Array.isArray(value)) return value.map(turn);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, turn(member)]),
  );
}

/** What the edge does with a proposal's inputs. */
function canonical(value: JsonObject): JsonObject {
  const parsed: Json = JSON.parse(canonicalize(value));
  return isObject(parsed) ? parsed : value;
}
