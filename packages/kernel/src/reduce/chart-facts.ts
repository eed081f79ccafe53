import { programsOf } from "../chart/compile-transitions.ts";
import type { Action, CompiledChart, Guard, ReasonTemplate } from "../chart/compiled-chart.ts";
import type { CelProgram } from "../cel/cel.ts";
import { assert } from "../invariant.ts";
import { toCanonical } from "../json/canonical.ts";
import { isJsonObject } from "../json/json.ts";
import type { JsonObject } from "../json/json.ts";
import { unreachable } from "../unreachable.ts";

/** What reduce asks a chart again and again, found once. */
export interface ChartFacts {
  /** Some expression, timer or deadline counts beats: `beat/main` is among the reads. */
  readonly namesBeats: boolean;
  /** In canonical key order, however the chart was written: documents are hashed as they stand in memory. */
  readonly initialContext: JsonObject;
  /** Transitions some guard of which wants something attested. */
  readonly attested: ReadonlySet<string>;
}

export function chartFacts(chart: CompiledChart): ChartFacts {
  return {
    namesBeats: namesBeats(chart),
    initialContext: inKeyOrder(chart.initialContext),
    attested: attestedTransitions(chart),
  };
}

function inKeyOrder(object: JsonObject): JsonObject {
  const ordered = toCanonical(object);
  assert(isJsonObject(ordered), "an object stays one");
  return ordered;
}

function attestedTransitions(chart: CompiledChart): ReadonlySet<string> {
  const names = new Set<string>();
  for (const declaration of chart.transitions.values()) {
    if (declaration.guards.some(isAttested)) names.add(declaration.name);
  }
  for (const candidate of chart.candidates) {
    if (candidate.event !== null && candidate.guards.some(isAttested)) names.add(candidate.event);
  }
  return names;
}

function isAttested(guard: Guard): boolean {
  return guard.kind === "native" && guard.native.attest !== undefined;
}

function namesBeats(chart: CompiledChart): boolean {
  for (const state of chart.states) {
    if (state.after.some((after) => after.unit === "beats" || usesBeat(after.value))) return true;
    if (actionsNameBeats(state.entry) || actionsNameBeats(state.exit)) return true;
  }
  for (const candidate of chart.candidates) {
    if (guardsNameBeats(candidate.guards) || actionsNameBeats(candidate.actions)) return true;
  }
  for (const declaration of chart.transitions.values()) {
    if (guardsNameBeats(declaration.guards)) return true;
  }
  return [...chart.reads.values()].some((read) => usesBeat(read.instance));
}

function guardsNameBeats(guards: readonly Guard[]): boolean {
  return guards.some((guard) => programsOfGuard(guard).some(usesBeat));
}

function actionsNameBeats(actions: readonly Action[]): boolean {
  return actions.some(
    (action) =>
      (action.kind === "emit" && action.deadline.unit === "beats") ||
      programsOf(action).some(usesBeat),
  );
}

function usesBeat(program: CelProgram): boolean {
  return program.variables.includes("beat");
}

function programsOfGuard(guard: Guard): readonly CelProgram[] {
  switch (guard.kind) {
    case "cel":
      return [guard.when, ...programsOfReason(guard.reason), ...programsOfReason(guard.okReason)];
    case "native":
      return guard.with.map(([, value]) => value);
    default:
      return unreachable(guard);
  }
}

function programsOfReason(template: ReasonTemplate | null): readonly CelProgram[] {
  return (template ?? []).filter((part) => typeof part !== "string");
}
