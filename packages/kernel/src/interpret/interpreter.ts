import { assert } from "../invariant.ts";
import { nodeAt } from "../chart/domain.ts";
import type { Candidate, CompiledChart, Region } from "../chart/compiled-chart.ts";
import { compareUtf16 } from "../json/text.ts";
import { flagsOf, isLeaf, isLegal } from "./configuration.ts";
import { MacrostepRun } from "./macrostep-run.ts";
import { StepCache } from "./step-cache.ts";
import type { Configuration, HistoryValue, MacrostepResult, StepHost } from "./step-host.ts";

/** One chart, ready to step. Pure but for what its host does: same arguments and same answers, same calls and same result. */
export interface Interpreter {
  readonly chart: CompiledChart;
  /** Enters the initial configuration and runs to completion: entry, `always`, internal queue. `taken` is true. */
  initial(host: StepHost): MacrostepResult;
  /** Takes one event and runs to completion. Where nothing is enabled for it, nothing happens at all. */
  macrostep(
    configuration: Configuration,
    history: HistoryValue,
    event: string,
    host: StepHost,
  ): MacrostepResult;
  /** Goes to the region's `onFailure` and runs to completion; not taken where there is none or the region is not active. */
  fail(
    configuration: Configuration,
    history: HistoryValue,
    region: Region,
    host: StepHost,
  ): MacrostepResult;
  /** The configuration with these leaves (any order); undefined: the chart can never be in it. */
  configurationOf(paths: readonly string[]): Configuration | undefined;
  /** Every candidate that is asked for the event, in the order of looking, as if none held; null: `always`. */
  candidatesFor(configuration: Configuration, event: string | null): readonly Candidate[];
  /** Events that some active state handles, `done.state.…` included, sorted by UTF-16 units. */
  eventsOf(configuration: Configuration): readonly string[];
}

/** `cacheEntriesMax`: how much may be remembered; results never depend on it. */
export function createInterpreter(
  chart: CompiledChart,
  options: { readonly cacheEntriesMax?: number } = {},
): Interpreter {
  const cache = new StepCache(chart, options.cacheEntriesMax);
  return {
    chart,
    initial: (host) => new MacrostepRun(cache, host).initial(),
    macrostep: (configuration, history, event, host) =>
      new MacrostepRun(cache, host).external(configuration, history, event),
    fail: (configuration, history, region, host) =>
      new MacrostepRun(cache, host).failure(configuration, history, region.failure),
    configurationOf: (paths) => cache.withPaths(paths) ?? configurationOf(chart, cache, paths),
    candidatesFor: (configuration, event) => {
      const selection =
        event === null ? cache.eventless(configuration) : cache.selection(configuration, event);
      return selection === null ? [] : selection.levels.flat();
    },
    eventsOf: (configuration) => eventsOf(chart, configuration),
  };
}

function configurationOf(
  chart: CompiledChart,
  cache: StepCache,
  paths: readonly string[],
): Configuration | undefined {
  const leaves: number[] = [];
  for (const path of paths) {
    const state = chart.stateByPath.get(path);
    if (state === undefined || !isLeaf(state)) return undefined;
    leaves.push(state.index);
  }
  leaves.sort((one, other) => one - other);
  if (leaves.some((leaf, place) => leaf === leaves[place - 1])) return undefined;
  const flags = flagsOf(chart.states, leaves);
  if (flags[0] === 0 || !isLegal(chart.states, flags)) return undefined;
  const configuration = cache.intern(leaves);
  assert(configuration.paths.length === paths.length, "a leaf for each path");
  return configuration;
}

function eventsOf(chart: CompiledChart, configuration: Configuration): readonly string[] {
  const events = new Set<string>();
  for (const leaf of configuration.leaves) {
    for (let index = leaf; index >= 0; index = nodeAt(chart.states, index).parent) {
      for (const event of nodeAt(chart.states, index).on.keys()) events.add(event);
    }
  }
  return [...events].sort(compareUtf16);
}
