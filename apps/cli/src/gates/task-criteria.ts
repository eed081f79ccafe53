import { STAGES, type Criterion } from "@swoosh/gates";
import { gatesOfStage } from "./gates-of-stage.ts";
import type { GatesSession } from "./gates-session.ts";

export interface KnownCriterion {
  /** Its name in the log: ladder or lifecycle, and its id. */
  readonly name: string;
  readonly criterion: Criterion;
}

/** What the acceptance of a task can name: criteria of the ladder, and gates of the lifecycle in its present phase. */
export function taskCriteria({
  ladder,
  lifecycle,
}: Pick<GatesSession, "ladder" | "lifecycle">): ReadonlyMap<string, KnownCriterion> {
  const known = new Map<string, KnownCriterion>();
  for (const stage of lifecycle === undefined ? [] : STAGES)
    for (const gate of lifecycle === undefined ? [] : gatesOfStage(lifecycle, stage))
      known.set(gate.id, { name: `${lifecycle?.name ?? ""}--${gate.id}`, criterion: gate });
  for (const one of ladder?.levels.flatMap((level) => level.criteria) ?? [])
    known.set(one.id, { name: `${ladder?.name ?? ""}--${one.id}`, criterion: one });
  return known;
}

/** Why this acceptance cannot be; undefined where it can. */
export function strangerOf(
  known: ReadonlyMap<string, KnownCriterion>,
  { id, acceptance }: { readonly id: string; readonly acceptance: readonly string[] },
): string | undefined {
  const stranger = acceptance.find((one) => !known.has(one));
  return stranger === undefined
    ? undefined
    : `${id}: acceptance "${stranger}" is no criterion and no gate of this repository, so nothing could show it; there are ${[...known.keys()].slice(0, 12).join(", ")}`;
}
