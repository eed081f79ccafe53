// The simulator's door: users' own charts under our bad luck.
export {
  simulateCharts,
  type BadInvariant,
  type ChartSimulated,
  type ChartSimulation,
} from "./simulate-charts.ts";
export type { ScriptLine } from "./chart-workload.ts";
export { storyPage } from "./story-page.ts";
export type { SeedReport } from "./run-seed.ts";
export type { Shrunk } from "./shrink.ts";
