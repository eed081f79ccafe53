import type { Candidate, CompiledChart, StateNode } from "../chart/compiled-chart.ts";
import { doneEvent } from "../chart/done-event.ts";
import { nodeAt } from "../chart/domain.ts";
import { nameOfCandidate, nameOfState, pathOfCandidate, pathOfState } from "./chart-place.ts";
import type { Finding } from "./check-chart.ts";
import type { Coverage } from "./coverage.ts";
import { FALSE, TRUE } from "./formula.ts";
import type { GuardFormulas } from "./guard-formula.ts";

/**
 * States that are never entered, and transitions that are never taken though their state is. What lies inside an
 * unreachable state is not told again; `onDone` of a parallel state that never joins is told by its own rule.
 */
export function unreachableParts(
  chart: CompiledChart,
  formulas: GuardFormulas,
  reach: Coverage,
): readonly Finding[] {
  const states = chart.states.flatMap((state): readonly Finding[] => {
    if (reach.states.has(state.index) || !reach.states.has(state.parent)) return [];
    const message = `state ${nameOfState(state)} can never be entered: ${whyNotEntered(chart, state)}`;
    return [{ severity: "error", code: "unreachable_state", message, path: pathOfState(state) }];
  });
  const candidates = chart.candidates.flatMap((candidate): readonly Finding[] => {
    if (reach.candidates.has(candidate.index) || !reach.states.has(candidate.source)) return [];
    const source = nodeAt(chart.states, candidate.source);
    const isJoin = candidate.event === doneEvent(source.path) && source.kind === "parallel";
    if (isJoin && !reach.done.has(source.index)) return [];
    const why = whyNotTaken(chart, { formulas, reach }, candidate);
    const message = `${nameOfCandidate(chart, candidate)} can never be taken: ${why}`;
    const path = pathOfCandidate(chart, candidate);
    return [{ severity: "error", code: "unreachable_transition", message, path }];
  });
  return [...states, ...candidates];
}

function whyNotEntered(chart: CompiledChart, state: StateNode): string {
  const isInside = (index: number): boolean => index >= state.index && index <= state.last;
  const leading = chart.candidates.filter(
    ({ source, targets }) => !isInside(source) && targets.some(isInside),
  );
  if (leading.length === 0) return "nothing leads to it";
  const names = leading.map((candidate) => nameOfCandidate(chart, candidate));
  return `what leads to it can never be taken (${names.join(", ")})`;
}

function whyNotTaken(
  chart: CompiledChart,
  { formulas, reach }: { readonly formulas: GuardFormulas; readonly reach: Coverage },
  candidate: Candidate,
): string {
  const source = nodeAt(chart.states, candidate.source);
  const { event } = candidate;
  const level = event === null ? source.always : (source.on.get(event) ?? []);
  const before = level.slice(0, level.indexOf(candidate));
  const hiding = before.findIndex(({ guards }) => formulas.all(guards) === TRUE);
  if (hiding >= 0) return `candidate ${hiding + 1} before it is always taken first`;
  const never = candidate.guards.find((guard) => formulas.of(guard) === FALSE);
  if (never !== undefined) return `its guard ${never.name} is always false`;
  if (event !== null && event === doneEvent(source.path))
    return `${nameOfState(source)} is never done`;
  if (event !== null && !canCome(chart, event)) {
    return `nobody may propose ${event}, and no action, timer or deadline raises it`;
  }
  if (event !== null && !canCome(chart, event, reach)) {
    return `what raises ${event} can never happen itself`;
  }
  if (candidate.guards.length === 0) return "whenever its event comes, another transition is taken";
  const names = candidate.guards.map(({ name }) => name).join(", ");
  return `there is no configuration in which its guards hold together (${names})`;
}

/** With `reach`: by something that can happen. */
function canCome(chart: CompiledChart, event: string, reach?: Coverage): boolean {
  const declaration = chart.transitions.get(event);
  if (declaration === undefined) return true;
  if (declaration.by.length > 0 || declaration.joinedBy.length > 0) return true;
  const states = chart.states.filter(({ index }) => reach?.states.has(index) ?? true);
  const candidates = chart.candidates.filter(({ index }) => reach?.candidates.has(index) ?? true);
  const actions = [
    ...states.flatMap((state) => [...state.entry, ...state.exit]),
    ...candidates.flatMap((candidate) => candidate.actions),
  ];
  return (
    actions.some((action) => action.kind === "raise" && action.event === event) ||
    actions.some((action) => action.kind === "emit" && action.onDeadline === event) ||
    states.some((state) => state.after.some((after) => after.raise === event))
  );
}
