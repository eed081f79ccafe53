import type { TaskGate } from "@swoosh/guards";
import type { ProjectRole } from "./project-plan.ts";

/** The council of a project that names no roles: three agents, of which one reviews what the others built. */
export const DEFAULT_ROLES: readonly ProjectRole[] = [
  { name: "builder", core: true, seats: 2 },
  { name: "reviewer", core: true, seats: 1 },
];

/** The gate of a task that names none. */
export const DEFAULT_GATE: TaskGate = {
  name: "passes",
  exit: 0,
  files: [],
  contains: [],
  lacks: [],
};
