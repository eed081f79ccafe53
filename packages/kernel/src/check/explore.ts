import type { Candidate, CompiledChart, Guard } from "../chart/compiled-chart.ts";
import { nodeAt } from "../chart/domain.ts";
import { createInterpreter, type Interpreter } from "../interpret/interpreter.ts";
import type { Configuration, HistoryValue, MacrostepResult } from "../interpret/step-host.ts";
import { CHECK_BRANCHES_MAX, CHECK_CONFIGURATIONS_MAX, CHECK_STEPS_MAX } from "../limits.ts";
import { ChoiceHost } from "./choice-host.ts";
import { Coverage } from "./coverage.ts";
import { outsideEvents, type OutsideEvents } from "./outside-events.ts";
import { BitSet, goalsOf, type Goals } from "./goals.ts";
import type { GuardFormulas } from "./guard-formula.ts";

/** A configuration that the chart can come to rest in, with the shortest way there. */
export interface ExploredNode {
  readonly index: number;
  readonly configuration: Configuration;
  readonly history: HistoryValue;
  /** Kept effects that have been emitted, as bits. */
  readonly kept: number;
  /** The instance does not exist yet: only a transition that creates can come. */
  readonly isFresh: boolean;
  /** −1: the beginning. */
  readonly parent: number;
  /** The event that leads here from the parent, with the guards assumed; `` for nothing. */
  readonly label: string;
  /** Where its steps lead; one that several lead to stands there several times. */
  readonly next: number[];
  /** Goals for which some event does something here. */
  readonly moves: BitSet;
  /** Compensations that can be taken here. */
  readonly taken: string[];
  isExpanded: boolean;
  /** Some step from here was left out: a bound was met. */
  isCut: boolean;
}

export interface FoundLoop {
  readonly cycle: readonly Candidate[];
  readonly isGuarded: boolean;
  readonly trace: readonly string[];
}

/** A step by a transition that names its compensation. */
export interface CompensatedStep {
  readonly transition: string;
  readonly by: string;
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

export interface Exploration {
  readonly nodes: readonly ExploredNode[];
  readonly goals: Goals;
  readonly coverage: Coverage;
  readonly loops: readonly FoundLoop[];
  readonly compensated: readonly CompensatedStep[];
  readonly steps: number;
  /** Something was left out: what was not seen may still be. */
  readonly isBounded: boolean;
}

export interface ExploreLimits {
  readonly configurationsMax: number;
  readonly stepsMax: number;
  readonly branchesMax: number;
}

const LIMITS: ExploreLimits = {
  configurationsMax: CHECK_CONFIGURATIONS_MAX,
  stepsMax: CHECK_STEPS_MAX,
  branchesMax: CHECK_BRANCHES_MAX,
};

/** Every configuration is expanded once, so that hardly anything is asked for again. */
const CACHE_ENTRIES_MAX = 4_096;

/**
 * Every configuration that the chart can come to rest in, breadth first, so that each way is a shortest one (in events).
 * The interpreter steps; guards that do not ask for states alone are assumed both ways. Timers, deadlines and answers
 * come while the state that set them is active, kept effects from their emission on: more can happen here than in truth,
 * never less.
 */
export function explore(
  chart: CompiledChart,
  formulas: GuardFormulas,
  limits: ExploreLimits = LIMITS,
): Exploration {
  const explorer = new Explorer(chart, formulas, limits);
  explorer.run();
  return explorer;
}

/** The events from the beginning to a node, as labels. */
export function traceOf(nodes: readonly ExploredNode[], index: number): readonly string[] {
  const labels: string[] = [];
  for (let at = index; at >= 0;) {
    const node = nodeAt(nodes, at);
    if (node.label !== "") labels.push(node.label);
    at = node.parent;
  }
  return labels.reverse();
}

/** One event in one node, however often it is run. */
interface Run {
  readonly event: string;
  readonly label: string;
  readonly guards: readonly Guard[];
  readonly start: (host: ChoiceHost) => MacrostepResult;
}

class Explorer implements Exploration {
  readonly nodes: ExploredNode[] = [];
  readonly goals: Goals;
  readonly coverage: Coverage;
  readonly loops: FoundLoop[] = [];
  readonly compensated: CompensatedStep[] = [];
  steps = 0;
  isBounded = false;
  readonly #chart: CompiledChart;
  readonly #limits: ExploreLimits;
  readonly #interpreter: Interpreter;
  readonly #host: ChoiceHost;
  readonly #outside: OutsideEvents;
  readonly #byKey = new Map<string, number>();
  readonly #numbers = new WeakMap<Configuration, string>();
  readonly #loopKeys = new Map<string, number>();
  readonly #compensatedKeys = new Set<string>();
  readonly #hasHistories: boolean;
  readonly #compensations: ReadonlySet<string>;

  constructor(chart: CompiledChart, formulas: GuardFormulas, limits: ExploreLimits) {
    this.#chart = chart;
    this.#limits = limits;
    this.goals = goalsOf(chart);
    this.coverage = new Coverage(chart);
    this.#outside = outsideEvents(chart);
    this.#interpreter = createInterpreter(chart, {
      cacheEntriesMax: CACHE_ENTRIES_MAX,
    });
    const compensations = [...chart.transitions.values()].map((one) => one.compensatedBy ?? "");
    this.#compensations = new Set(compensations);
    this.#hasHistories = chart.states.some((state) => state.histories.length > 0);
    this.#host = new ChoiceHost({
      chart,
      formulas,
      goals: this.goals,
      coverage: this.coverage,
      keptBits: this.#outside.keptBits,
      moves: new BitSet(this.goals.list.length),
    });
  }

  run(): void {
    this.#begin();
    for (let index = 0; index < this.nodes.length; index += 1) {
      if (this.steps >= this.#limits.stepsMax) {
        this.isBounded = true;
        return;
      }
      this.#expand(nodeAt(this.nodes, index));
    }
  }

  /** The configurations that an instance can begin with. */
  #begin(): void {
    const host = this.#host;
    host.beginEvent(new BitSet(this.goals.list.length));
    do {
      host.beginRun({ history: "", kept: 0 });
      this.steps += 1;
      const result = this.#interpreter.initial(host);
      if (result.kind === "failed" || host.failed) {
        this.#stopped(-1, result, host.label("initial"));
        this.isBounded ||= host.isGivenUp;
      } else {
        const label = host.hasAssumed ? host.label("initial") : "";
        this.#add({ result, parent: -1, label, isFresh: true });
      }
    } while (host.choices.next());
  }

  #expand(node: ExploredNode): void {
    node.isExpanded = true;
    if (node.configuration.done) return;
    for (const event of this.#interpreter.eventsOf(node.configuration)) {
      const declaration = this.#chart.transitions.get(event);
      const isOwn = !node.isFresh && this.#outside.isOwn(event, node);
      const isProposed = declaration !== undefined && this.#outside.isProposable(declaration, node);
      if (!isOwn && !isProposed) continue;
      const { configuration, history } = node;
      this.#runAll(node, {
        event,
        label: event,
        guards: isOwn ? [] : (declaration?.guards ?? []),
        start: (host) => this.#interpreter.macrostep(configuration, history, event, host),
      });
      if (isOwn) this.#failures(node, event);
    }
  }

  /** A timer's or deadline's step that fails (an assignment, say) goes to `onFailure` of its region. */
  #failures(node: ExploredNode, event: string): void {
    for (const region of this.#outside.regionsOf(event, node)) {
      if (region.failure === null) continue;
      const { configuration, history } = node;
      const label = `${event} (fails)`;
      const start = (host: ChoiceHost): MacrostepResult =>
        this.#interpreter.fail(configuration, history, region, host);
      this.#runAll(node, { event: label, label, guards: [], start });
    }
  }

  #runAll(node: ExploredNode, run: Run): void {
    const host = this.#host;
    const history = this.#hasHistories ? JSON.stringify(node.history) : "";
    const isActive = (state: number): boolean => node.configuration.isActive(state);
    let branches = 0;
    host.beginEvent(node.moves);
    do {
      branches += 1;
      if (branches > this.#limits.branchesMax) {
        this.#cut(node);
        return;
      }
      host.beginRun({ history, kept: node.kept });
      if (!host.passes(run.guards, isActive)) continue;
      this.steps += 1;
      const result = run.start(host);
      if (result.kind === "failed" || host.failed) {
        this.#note(node, run);
        this.#stopped(node.index, result, host.label(run.label));
        if (host.isGivenUp) this.#cut(node);
      } else if (result.taken) {
        this.#note(node, run);
        this.#arrive(node, run, result);
      }
    } while (host.choices.next());
  }

  #cut(node: ExploredNode): void {
    node.isCut = true;
    this.isBounded = true;
  }

  #note(node: ExploredNode, { event }: Run): void {
    if (this.#compensations.has(event) && !node.taken.includes(event)) node.taken.push(event);
  }

  #arrive(node: ExploredNode, run: Run, result: MacrostepResult & { readonly kind: "done" }): void {
    const host = this.#host;
    const to = this.#add({
      result,
      parent: node.index,
      label: () => host.label(run.label),
      isFresh: false,
    });
    if (to < 0) {
      node.isCut = true;
      return;
    }
    node.next.push(to);
    const compensation = this.#chart.transitions.get(run.event)?.compensatedBy ?? null;
    if (compensation === null) return;
    const key = `${run.event} ${to}`;
    if (this.#compensatedKeys.has(key)) return;
    this.#compensatedKeys.add(key);
    const label = host.label(run.label);
    this.compensated.push({ transition: run.event, by: compensation, from: node.index, to, label });
  }

  /** A run that the host stopped, or the interpreter: a loop, if it is not one that was seen before. */
  #stopped(from: number, result: MacrostepResult, label: string): void {
    const host = this.#host;
    if (result.kind === "failed" && result.reason === "microsteps") host.tellEndless();
    const { loop } = host;
    if (loop === null) return;
    const key = loop.cycle
      .map(({ index }) => index)
      .sort((one, other) => one - other)
      .join();
    const known = this.#loopKeys.get(key);
    if (known !== undefined && (loop.isGuarded || !nodeAt(this.loops, known).isGuarded)) return;
    const trace = [...traceOf(this.nodes, from), label];
    const found: FoundLoop = { ...loop, trace };
    if (known === undefined) {
      this.#loopKeys.set(key, this.loops.length);
      this.loops.push(found);
    } else this.loops[known] = found;
  }

  /** Index of the node; −1 where there is no room for another. */
  #add(step: {
    readonly result: MacrostepResult & { readonly kind: "done" };
    readonly parent: number;
    readonly label: string | (() => string);
    readonly isFresh: boolean;
  }): number {
    const { configuration, history } = step.result;
    const { kept } = this.#host;
    const histories = this.#hasHistories ? JSON.stringify(history) : "";
    const key = `${this.#numberOf(configuration)}|${kept}|${step.isFresh ? "new" : ""}|${histories}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.nodes.length >= this.#limits.configurationsMax) {
      this.isBounded = true;
      return -1;
    }
    const index = this.nodes.length;
    this.#byKey.set(key, index);
    this.nodes.push({
      index,
      configuration,
      history,
      kept,
      isFresh: step.isFresh,
      parent: step.parent,
      label: typeof step.label === "string" ? step.label : step.label(),
      next: [],
      moves: new BitSet(this.goals.list.length),
      taken: [],
      isExpanded: false,
      isCut: false,
    });
    return index;
  }

  #numberOf(configuration: Configuration): string {
    let key = this.#numbers.get(configuration);
    if (key === undefined) {
      key = configuration.leaves.join();
      this.#numbers.set(configuration, key);
    }
    return key;
  }
}
