import { valueHash, type Hasher, type JsonObject, type ValueHash } from "@swoosh/kernel";
import type { ProjectPlan } from "./project-plan.ts";

/** Inputs of `Execution_PlanLocked`: what the council locks of a plan, and its hash. */
export function lockedPlanOf(
  hasher: Hasher,
  plan: ProjectPlan,
): { readonly plan: JsonObject; readonly plan_hash: ValueHash } {
  const locked: JsonObject = {
    goal: plan.goal,
    tasks: plan.tasks.map((task) => ({
      deadline_beats: task.deadlineBeats,
      gate: task.gate,
      id: task.id,
      needs: [...task.needs],
      role: task.role,
    })),
    threshold: plan.threshold,
  };
  return { plan: locked, plan_hash: valueHash(hasher, locked) };
}

/** Inputs of `Council_ProfilesLoaded`: the roles to claim, those that must be filled, and the tools to wait for. */
export function councilInputsOf(plan: ProjectPlan): JsonObject {
  return {
    core_roles: plan.roles.filter(({ core }) => core).map(({ name }) => name),
    roles: plan.roles.map(({ name }) => name),
    tools: plan.tools.map(({ name, pin }) => ({ name, pin })),
  };
}
