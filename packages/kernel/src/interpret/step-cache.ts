import { assert } from "../invariant.ts";
import { INTERPRETER_CACHE_ENTRIES_MAX } from "../limits.ts";
import type { Candidate, CompiledChart } from "../chart/compiled-chart.ts";
import { configurationFrom } from "./configuration.ts";
import { planInitial, planMicrostep, type MicrostepPlan } from "./microstep-plan.ts";
import { selectionOf, type Selection } from "./selection.ts";
import type { Configuration, HistoryValue } from "./step-host.ts";

/** A plan with the configuration that it leads to. */
export interface PlannedStep {
  readonly plan: MicrostepPlan;
  readonly next: Configuration;
}

/** What is remembered of one configuration. */
interface Memo {
  readonly eventless: Selection;
  readonly byEvent: Map<string, Selection>;
  readonly byCandidate: Map<number, PlannedStep>;
  readonly bySet: Map<string, PlannedStep>;
}

/**
 * Remembers what the interpreter worked out, for one chart. Owns the interned configurations, selections and plans; all
 * of it is derived from the chart alone, so dropping it changes no result.
 *
 * C1 at most `entriesMax` things are remembered; when full, everything is dropped.
 * C2 what depends on a history value is never remembered.
 */
export class StepCache {
  readonly #chart: CompiledChart;
  readonly #entriesMax: number;
  readonly #events: ReadonlySet<string>;
  #entries = 0;
  #configurations = new Map<string, Configuration>();
  #memos = new WeakMap<Configuration, Memo>();
  #byPaths = new WeakMap<readonly string[], Configuration>();
  #initial: PlannedStep | undefined;

  constructor(chart: CompiledChart, entriesMax: number = INTERPRETER_CACHE_ENTRIES_MAX) {
    assert(entriesMax > 0, "a cache holds something");
    this.#chart = chart;
    this.#entriesMax = entriesMax;
    this.#events = new Set(chart.states.flatMap((state) => [...state.on.keys()]));
  }

  /** The configuration with these leaves, given in document order. */
  intern(leaves: readonly number[]): Configuration {
    const key = leaves.join();
    const known = this.#configurations.get(key);
    if (known !== undefined) return known;
    const configuration = configurationFrom(this.#chart.states, leaves);
    this.#count();
    this.#configurations.set(key, configuration);
    this.#byPaths.set(configuration.paths, configuration);
    return configuration;
  }

  /** The configuration that shares this very array of paths, if it is remembered. */
  withPaths(paths: readonly string[]): Configuration | undefined {
    return this.#byPaths.get(paths);
  }

  selection(configuration: Configuration, event: string): Selection | null {
    if (!this.#events.has(event)) return null;
    const memo = this.#memoOf(configuration);
    let selection = memo.byEvent.get(event);
    if (selection === undefined) {
      selection = selectionOf(this.#chart.states, configuration, event);
      this.#count();
      memo.byEvent.set(event, selection);
    }
    return selection;
  }

  eventless(configuration: Configuration): Selection {
    return this.#memoOf(configuration).eventless;
  }

  initial(): PlannedStep {
    this.#initial ??= this.#stepOf(planInitial(this.#chart));
    return this.#initial;
  }

  /** Plan for one enabled transition. */
  single(configuration: Configuration, history: HistoryValue, candidate: Candidate): PlannedStep {
    const memo = this.#memoOf(configuration);
    const known = memo.byCandidate.get(candidate.index);
    if (known !== undefined) return known;
    const step = this.plan(configuration, history, [candidate]);
    if (!step.plan.dependsOnHistory) {
      this.#count();
      memo.byCandidate.set(candidate.index, step);
    }
    return step;
  }

  /** Plan for several enabled transitions, in the order of their selection. */
  several(
    configuration: Configuration,
    history: HistoryValue,
    enabled: readonly Candidate[],
  ): PlannedStep {
    const memo = this.#memoOf(configuration);
    let key = "";
    for (const candidate of enabled) key += `${candidate.index},`;
    const known = memo.bySet.get(key);
    if (known !== undefined) return known;
    const step = this.plan(configuration, history, enabled);
    if (!step.plan.dependsOnHistory) {
      this.#count();
      memo.bySet.set(key, step);
    }
    return step;
  }

  /** Works a plan out and remembers nothing of it but the configuration. */
  plan(
    configuration: Configuration,
    history: HistoryValue,
    enabled: readonly Candidate[],
  ): PlannedStep {
    return this.#stepOf(planMicrostep({ chart: this.#chart, configuration, history }, enabled));
  }

  #stepOf(plan: MicrostepPlan): PlannedStep {
    return { plan, next: this.intern(plan.leaves) };
  }

  #memoOf(configuration: Configuration): Memo {
    const known = this.#memos.get(configuration);
    if (known !== undefined) return known;
    const memo: Memo = {
      eventless: selectionOf(this.#chart.states, configuration, null),
      byEvent: new Map(),
      byCandidate: new Map(),
      bySet: new Map(),
    };
    this.#count();
    this.#memos.set(configuration, memo);
    return memo;
  }

  /** C1. What is under way keeps its references, so dropping is safe at any moment. */
  #count(): void {
    this.#entries += 1;
    if (this.#entries <= this.#entriesMax) return;
    this.#entries = 1;
    this.#configurations = new Map();
    this.#memos = new WeakMap();
    this.#byPaths = new WeakMap();
    this.#initial = undefined;
  }
}
