import { createBeginning, type Beginning } from "./beginning.ts";
import { createProjectBeginning } from "./projects/create-project-beginning.ts";
import { loadSimCharts } from "./sim-charts.ts";

/** Worlds that seeds are played in: orders, carts and shelves, or projects. */
export const WORLD_NAMES = ["orders", "projects"] as const;
export type WorldName = (typeof WORLD_NAMES)[number];

export function worldBeginning(name: WorldName): Promise<Beginning> {
  return name === "projects" ? createProjectBeginning() : createBeginning(loadSimCharts());
}
