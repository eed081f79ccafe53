import type { FileReading } from "@swoosh/gates";
import { tasksOnCircles } from "@swoosh/guards";
import type { ProjectPlan } from "./project-plan.ts";

/** What the parts of a file say of one another: names that are there once, references that lead somewhere, tasks in some order. */
export function checkReferences(reading: FileReading, plan: ProjectPlan): void {
  const roles = plan.roles.map(({ name }) => name);
  const gates = plan.gates.map(({ name }) => name);
  const ids = plan.tasks.map(({ id }) => id);
  once(reading, "roles", "name", roles);
  once(reading, "gates", "name", gates);
  once(reading, "tasks", "id", ids);
  once(
    reading,
    "tools",
    "name",
    plan.tools.map(({ name }) => name),
  );
  for (const [at, task] of plan.tasks.entries()) {
    if (!roles.includes(task.role))
      reading.error(
        "unknown_role",
        ["tasks", at, "role"],
        `task ${task.id} is for "${task.role}", which is no role; there are ${roles.join(", ")}`,
      );
    if (!gates.includes(task.gate))
      reading.error(
        "unknown_gate",
        ["tasks", at, "gate"],
        `task ${task.id} has the gate "${task.gate}", which is not there; there are ${gates.join(", ")}`,
      );
    for (const [place, need] of task.needs.entries())
      if (!ids.includes(need))
        reading.error(
          "unknown_task",
          ["tasks", at, "needs", place],
          `task ${task.id} waits for "${need}", which is no task; there are ${ids.join(", ")}`,
        );
  }
  const circle = tasksOnCircles(plan.tasks);
  if (circle.length > 0 && reading.problems.length === 0)
    reading.error(
      "circle",
      ["tasks", ids.indexOf(circle[0] ?? ""), "needs"],
      `these tasks wait for one another: ${circle.join(", ")}; take one of their needs away`,
    );
}

function once(reading: FileReading, list: string, key: string, names: readonly string[]): void {
  for (const [at, name] of names.entries())
    if (name !== "" && names.indexOf(name) < at)
      reading.error("twice", [list, at, key], `${key} "${name}" is there twice in ${list}`);
}
