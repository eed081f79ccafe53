import type { NativeGuard } from "@swoosh/kernel";
import { valueHash, type Hasher, type JsonObject } from "@swoosh/kernel/values";
import { PLAN_TASKS_MAX, TASK_NEEDS_MAX } from "./limits.ts";
import { tasksOnCircles } from "./tasks-on-circles.ts";
import { typedArguments } from "./typed-arguments.ts";
import { COUNT, HASH, NAME } from "./words.ts";

export interface PlanTask {
  readonly deadline_beats: number;
  readonly gate: string;
  readonly id: string;
  readonly needs: readonly string[];
  readonly role: string;
}

interface Arguments {
  readonly hash: string;
  readonly plan: JsonObject & { readonly tasks: PlanTask[]; readonly threshold: number };
  readonly members: number;
  readonly roles: readonly string[];
}

/**
 * A plan can be locked (orchestrator design §1): its hash is the one that is proposed, its tasks can be done in some order,
 * and each has a role that the council filled, a deadline in beats, and a gate.
 *
 * Arguments: `plan`: `{goal, tasks, threshold}`; `hash`: its value hash; `roles`: those that the council filled;
 * `members`: how many could approve.
 */
export function planValid(hasher: Hasher): NativeGuard {
  return {
    name: "planValid",
    version: 1,
    arguments: {
      type: "object",
      required: ["hash", "members", "plan", "roles"],
      properties: {
        hash: HASH,
        members: COUNT,
        plan: {
          type: "object",
          required: ["goal", "tasks", "threshold"],
          properties: {
            goal: { type: "string", maxLength: 400 },
            tasks: {
              type: "array",
              maxItems: PLAN_TASKS_MAX,
              items: {
                type: "object",
                required: ["deadline_beats", "gate", "id", "needs", "role"],
                properties: {
                  deadline_beats: COUNT,
                  gate: { type: "string", maxLength: 64 },
                  id: NAME,
                  needs: { type: "array", items: NAME, maxItems: TASK_NEEDS_MAX },
                  role: { type: "string", maxLength: 64 },
                },
              },
            },
            threshold: COUNT,
          },
        },
        roles: { type: "array", items: { type: "string", maxLength: 64 }, maxItems: 64 },
      },
    },
    check(args) {
      const { hash, members, plan, roles } = typedArguments<Arguments>(args);
      const found = valueHash(hasher, plan);
      const reasons: string[] = [];
      if (found !== hash) reasons.push(`the plan's hash is ${found}; the proposal says ${hash}`);
      if (plan.tasks.length === 0) reasons.push("the plan has no tasks");
      if (plan.threshold < 1 || plan.threshold > members)
        reasons.push(`${plan.threshold} approvals are asked of ${members} members`);
      for (const task of plan.tasks) reasons.push(...wrongTask(task, { roles, tasks: plan.tasks }));
      const circle = reasons.length === 0 ? tasksOnCircles(plan.tasks) : [];
      if (circle.length > 0) reasons.push(`these tasks wait for one another: ${circle.join(", ")}`);
      if (reasons.length > 0) return { ok: false, reasons };
      return { ok: true, reasons: [`${plan.tasks.length} tasks, ${plan.threshold} approvals`] };
    },
  };
}

function wrongTask(
  task: PlanTask,
  { roles, tasks }: { readonly roles: readonly string[]; readonly tasks: readonly PlanTask[] },
): readonly string[] {
  const reasons: string[] = [];
  if (tasks.filter(({ id }) => id === task.id).length > 1)
    reasons.push(`task ${task.id} is there more than once`);
  if (!roles.includes(task.role))
    reasons.push(
      `task ${task.id} is for ${task.role || "nobody"}; the council has ${roles.join(", ")}`,
    );
  if (task.deadline_beats < 1) reasons.push(`task ${task.id} has no deadline in beats`);
  if (task.gate === "") reasons.push(`task ${task.id} has no gate`);
  for (const need of task.needs)
    if (!tasks.some(({ id }) => id === need))
      reasons.push(`task ${task.id} waits for ${need}, which is not in the plan`);
  return reasons;
}
