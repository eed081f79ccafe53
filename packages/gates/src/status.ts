// The small door: what it takes to say where a ladder stands, without readers of files and documents. `swoosh gates status` starts through it.
export { definitionOf, type Criterion } from "./check.ts";
export { formatDuration } from "./duration.ts";
export type { FileProblem } from "./file-problem.ts";
export type { Ladder } from "./ladder-file.ts";
export {
  criterionInstance,
  ladderStatus,
  levelInstance,
  statusJson,
  type CriterionStatus,
  type LadderStatus,
  type Recorded,
} from "./ladder-status.ts";
export type { Lifecycle } from "./lifecycle-file.ts";
