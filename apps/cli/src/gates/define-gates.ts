import { valueHash, type JsonObject } from "@swoosh/kernel/values";
import {
  criterionInstance,
  definitionOf,
  levelDefinition,
  levelInstance,
  STAGES,
  type Criterion,
  type Ladder,
  type Lifecycle,
  type Stage,
} from "@swoosh/gates";
import { hasher } from "../hasher.ts";
import type { GatesStore } from "./gates-store.ts";
import { gatesOfStage } from "./gates-of-stage.ts";

export function definitionHash(criterion: Criterion): string {
  return valueHash(hasher, definitionOf(criterion));
}

/** Brings the log to what the file says: levels and criteria that are new or changed are defined (anew). */
export async function defineLadder(store: GatesStore, ladder: Ladder): Promise<void> {
  for (const level of ladder.levels) {
    const instance = levelInstance(ladder.name, level.level);
    const definition = valueHash(hasher, levelDefinition(level, definitionOf));
    if (store.recorded(instance)?.context["definition"] !== definition) {
      await store.must({
        instance,
        transition: "Level_Define",
        inputs: {
          level: level.level,
          definition,
          criteria: level.criteria.map(({ id }) => `${ladder.name}--${id}`),
          triggers: level.triggers.map(({ id }) => `${ladder.name}--${id}`),
          lower: Array.from({ length: level.level }, (_, lower) => `${ladder.name}-${lower}`),
          needsVerification: level.needsVerification,
          votesNeeded: level.votesNeeded,
        },
      });
    }
    for (const criterion of [...level.criteria, ...level.triggers])
      await defineCriterion(store, criterion, {
        subject: ladder.name,
        level: `${ladder.name}-${level.level}`,
        lifecycle: "",
      });
  }
}

/** The lifecycle and the gates that its present phase has. */
export async function defineLifecycle(store: GatesStore, lifecycle: Lifecycle): Promise<void> {
  const instance = `lifecycle/${lifecycle.name}`;
  const gates: Record<Stage, readonly Criterion[]> = {
    plan: [],
    build: [],
    validate: [],
    review: [],
    release: [],
  };
  for (const stage of STAGES) gates[stage] = gatesOfStage(lifecycle, stage);
  const ids = (stage: Stage): string[] => gates[stage].map(({ id }) => `${lifecycle.name}--${id}`);
  const shape: JsonObject = {
    phase: lifecycle.phase,
    plan: ids("plan"),
    build: ids("build"),
    validate: ids("validate"),
    review: ids("review"),
    release: ids("release"),
    planApprovals: lifecycle.approvals.plan,
    reviewApprovals: lifecycle.approvals.review,
  };
  const definition = valueHash(hasher, {
    ...shape,
    gates: STAGES.flatMap((stage) => gates[stage].map(definitionOf)),
  });
  if (store.recorded(instance)?.context["definition"] !== definition)
    await store.must({
      instance,
      transition: "Lifecycle_Define",
      inputs: { ...shape, definition },
    });
  for (const criterion of STAGES.flatMap((stage) => gates[stage]))
    await defineCriterion(store, criterion, {
      subject: lifecycle.name,
      level: "",
      lifecycle: lifecycle.name,
    });
}

async function defineCriterion(
  store: GatesStore,
  criterion: Criterion,
  of: { readonly subject: string; readonly level: string; readonly lifecycle: string },
): Promise<void> {
  const instance = criterionInstance(of.subject, criterion.id);
  const definition = definitionHash(criterion);
  const context = store.recorded(instance)?.context;
  if (
    context?.["definition"] === definition &&
    context["level"] === of.level &&
    context["lifecycle"] === of.lifecycle
  )
    return;
  await store.must({
    instance,
    transition: "Criterion_Define",
    inputs: {
      definition,
      level: of.level,
      lifecycle: of.lifecycle,
      freshMs: criterion.freshMs,
      needsNegative:
        criterion.kind === "criterion" || criterion.kind === "gap" || criterion.negative !== null,
      severity: criterion.severity ?? "",
    },
  });
}
