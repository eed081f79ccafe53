import { createBeginning, type Beginning } from "./beginning.ts";
import { createProjectBeginning } from "./projects/create-project-beginning.ts";
import { loadSimCharts } from "./sim-charts.ts";

/**
 * Worlds that seeds are played in: orders, carts and shelves; the same with many clients at once and three followers; or
 * projects.
 */
export const WORLD_NAMES = ["orders", "crowd", "projects"] as const;
export type WorldName = (typeof WORLD_NAMES)[number];

/** A seed with so many has some five hundred proposals: the size by which rates of simulators are told. */
const CROWD = { clients: 14, followers: 3 };

/** `stepsTimes`: for seeds of `projects` that are longer or shorter than its own. */
export function worldBeginning(name: WorldName, stepsTimes?: number): Promise<Beginning> {
  switch (name) {
    case "orders":
      return createBeginning(loadSimCharts());
    case "crowd":
      return createBeginning(loadSimCharts(), { crowd: CROWD });
    case "projects":
      return createProjectBeginning(stepsTimes);
  }
}
