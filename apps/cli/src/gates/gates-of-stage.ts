import type { Criterion, Lifecycle, Stage } from "@swoosh/gates";
import { evaluateCel } from "./evaluate-cel.ts";

/** The gates of a stage that apply in the present phase; a phase's own criteria are gates of its validation. */
export function gatesOfStage(lifecycle: Lifecycle, stage: Stage): readonly Criterion[] {
  const own = lifecycle.stages[stage].filter(
    ({ when }) =>
      when === null ||
      evaluateCel(when, { phase: lifecycle.phase, metrics: {}, failures: {} }).value === true,
  );
  if (stage !== "validate") return own;
  return [
    ...own,
    ...lifecycle.phases
      .filter(({ phase }) => phase === lifecycle.phase)
      .flatMap(({ criteria }) => criteria),
  ];
}
