import { assert } from "../invariant.ts";
import { isBelow, nodeAt, transitionDomain } from "../chart/domain.ts";
import type { Candidate, CompiledChart, StateNode } from "../chart/compiled-chart.ts";
import { doneEvent } from "../chart/done-event.ts";
import { compareUtf16 } from "../json/text.ts";
import { isInFinalState, isLeaf } from "./configuration.ts";
import { EntrySet } from "./entry-set.ts";
import { withRecords, type HistoryRecords } from "./history-value.ts";
import { effectiveTargets, isHistory } from "./targets.ts";
import type { Configuration, HistoryValue } from "./step-host.ts";

/** All that one microstep does, decided before any of it happens: SCXML's `microstep` without the contents. */
export interface MicrostepPlan {
  /** The optimally enabled set, in order of execution. */
  readonly chosen: readonly Candidate[];
  /** Domain of each of them (the source if targetless), for the host. */
  readonly domains: readonly StateNode[];
  /** In exit order. */
  readonly exits: readonly StateNode[];
  /** What is recorded for history states, by path. */
  readonly records: HistoryRecords;
  /** In entry order. */
  readonly enters: readonly StateNode[];
  /** For each entry the done events that it brings about. */
  readonly done: readonly (readonly string[])[];
  /** Active leaves afterwards, in document order. */
  readonly leaves: readonly number[];
  /** False: the plan holds for this configuration under any history. */
  readonly dependsOnHistory: boolean;
}

export interface PlanInput {
  readonly chart: CompiledChart;
  readonly configuration: Configuration;
  readonly history: HistoryValue;
}

const NONE: readonly string[] = [];

/** A transition that is enabled, with what follows from its targets in this configuration and history. */
interface Enabled {
  readonly candidate: Candidate;
  /** −1: targetless. */
  readonly domain: number;
  /** Active states that it leaves; SCXML's `computeExitSet`. */
  readonly exits: ReadonlySet<number>;
}

/** Plans a microstep for transitions that are enabled, in the order in which they were selected. */
export function planMicrostep(input: PlanInput, enabled: readonly Candidate[]): MicrostepPlan {
  const { chart, configuration } = input;
  const active = activeStates(chart, configuration);
  const all = enabled.map((candidate) => looked(input, active, candidate));
  const chosen = withoutPreempted(chart, all);
  const exits = new Set<number>();
  for (const one of chosen) for (const state of one.exits) exits.add(state);
  const records = recordsOf(chart, active, exits);
  const kept = new Set(active.filter((state) => !exits.has(state)));
  const entry = entrySetOf(input, chosen, { records, kept });
  return {
    chosen: chosen.map((one) => one.candidate),
    domains: chosen.map((one) =>
      nodeAt(chart.states, one.domain < 0 ? one.candidate.source : one.domain),
    ),
    exits: inOrder(chart, exits).reverse(),
    records,
    ...entered(chart, kept, entry),
    dependsOnHistory:
      entry.passedHistory || all.some(({ candidate }) => targetsHistory(chart, candidate)),
  };
}

/** The states to enter; a history state of a state that is left now stands for what was active until now. */
function entrySetOf(
  { chart, history }: PlanInput,
  chosen: readonly Enabled[],
  after: { readonly records: HistoryRecords; readonly kept: ReadonlySet<number> },
): EntrySet {
  const recorded = withRecords(history, after.records);
  const entry = new EntrySet(chart, recorded, after.kept);
  for (const { candidate, domain } of chosen) {
    for (const target of candidate.targets) entry.addDescendants(target);
    for (const target of effectiveTargets(chart, recorded, candidate.targets)) {
      entry.addAncestors(target, domain);
    }
    if (domain === 0) entry.completeRoot();
  }
  return entry;
}

/** Plans the entry of the initial configuration: the root, and what entering it means. */
export function planInitial(chart: CompiledChart): MicrostepPlan {
  const entry = new EntrySet(chart, {}, new Set());
  entry.addDescendants(0);
  const nothing = { chosen: [], domains: [], exits: [], records: [] };
  return { ...nothing, ...entered(chart, new Set(), entry), dependsOnHistory: false };
}

function activeStates(chart: CompiledChart, configuration: Configuration): readonly number[] {
  return chart.states.map((state) => state.index).filter((index) => configuration.isActive(index));
}

function looked(input: PlanInput, active: readonly number[], candidate: Candidate): Enabled {
  const { chart, history } = input;
  const { source, internal } = candidate;
  const effective = effectiveTargets(chart, history, candidate.targets);
  const domain = transitionDomain(chart.states, { source, targets: effective, internal });
  const left = domain < 0 ? [] : active.filter((state) => isBelow(chart.states, state, domain));
  return { candidate, domain, exits: new Set(left) };
}

/** SCXML's `removeConflictingTransitions`: of two that leave a common state the deeper source wins, else the earlier. */
function withoutPreempted(chart: CompiledChart, enabled: readonly Enabled[]): readonly Enabled[] {
  let kept: readonly Enabled[] = [];
  for (const one of enabled) {
    const rivals = kept.filter((other) => meet(one.exits, other.exits));
    const wins = rivals.every((other) =>
      isBelow(chart.states, one.candidate.source, other.candidate.source),
    );
    if (wins) kept = [...kept.filter((other) => !rivals.includes(other)), one];
  }
  return kept;
}

function meet(ones: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  for (const one of ones) if (others.has(one)) return true;
  return false;
}

function recordsOf(
  chart: CompiledChart,
  active: readonly number[],
  exits: ReadonlySet<number>,
): HistoryRecords {
  const records: HistoryRecords[number][] = [];
  for (const state of inOrder(chart, exits)) {
    for (const index of state.histories) {
      const history = nodeAt(chart.states, index);
      const recorded = active.filter((one) =>
        history.kind === "deep"
          ? isBelow(chart.states, one, state.index) && isLeaf(nodeAt(chart.states, one))
          : nodeAt(chart.states, one).parent === state.index,
      );
      const paths = recorded.map((one) => nodeAt(chart.states, one).path).sort(compareUtf16);
      records.push([history.path, paths]);
    }
  }
  return records;
}

function entered(
  chart: CompiledChart,
  kept: ReadonlySet<number>,
  entry: EntrySet,
): Pick<MicrostepPlan, "enters" | "done" | "leaves"> {
  const enters = inOrder(chart, entry.states);
  const active = new Set(kept);
  const isActive = (state: number): boolean => active.has(state);
  const done = enters.map((state) => {
    assert(!active.has(state.index), "a state that is entered was not active");
    active.add(state.index);
    return state.kind === "final" ? doneEvents(chart, state, isActive) : NONE;
  });
  const leaves = inOrder(chart, active).filter(isLeaf);
  return { enters, done, leaves: leaves.map((state) => state.index) };
}

/** The events of SCXML's `enterStates` for a final state; none for the root, whose end is the instance's. */
function doneEvents(
  chart: CompiledChart,
  state: StateNode,
  isActive: (state: number) => boolean,
): readonly string[] {
  if (state.parent <= 0) return NONE;
  const parent = nodeAt(chart.states, state.parent);
  const above = nodeAt(chart.states, parent.parent);
  const events = [doneEvent(parent.path)];
  if (
    above.index > 0 &&
    above.kind === "parallel" &&
    isInFinalState(chart.states, above, isActive)
  ) {
    events.push(doneEvent(above.path));
  }
  return events;
}

function targetsHistory(chart: CompiledChart, candidate: Candidate): boolean {
  return candidate.targets.some((target) => isHistory(nodeAt(chart.states, target)));
}

function inOrder(chart: CompiledChart, states: ReadonlySet<number>): StateNode[] {
  return [...states].sort((one, other) => one - other).map((index) => nodeAt(chart.states, index));
}
