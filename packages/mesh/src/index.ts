// The mesh's door: what programs outside need, by name.
export type {
  Arm,
  ArmResult,
  ArmRole,
  ArmSample,
  Claim,
  Experiment,
  NotRun,
  Plot,
  RunContext,
  Sample,
  Statistic,
} from "./experiments/experiment.ts";
export { frozenHashOf, runExperiment, seedsOf } from "./experiments/run-experiment.ts";
export { readSamples, writeSample, type ReadSamples } from "./experiments/read-samples.ts";
export {
  summariseExperiment,
  type ExperimentSummary,
  type Outcome,
} from "./experiments/summarise-experiment.ts";
export { theilSen } from "./experiments/theil-sen.ts";
export type { Interval } from "./experiments/interval.ts";
