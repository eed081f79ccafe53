// The door of the gates: files, verdicts, statuses and documents as values. Running commands and keeping logs is the command line's.
export {
  definitionOf,
  type Command,
  type Criterion,
  type Expectation,
  type ReportFormat,
  type Schedule,
} from "./check.ts";
export { classifyChange, type ChangeClass } from "./classify-change.ts";
export { formatDecimal, parseDecimal } from "./decimal.ts";
export { formatDuration, parseDuration } from "./duration.ts";
export { errorSignature, errorSnippet } from "./error-signature.ts";
export { executionJson, type Execution } from "./execution.ts";
export { hasErrors, type FileProblem } from "./file-problem.ts";
export {
  ISSUE_TEMPLATE,
  issueDocument,
  issueStamp,
  lintIssue,
  readIssueHead,
  type Issue,
  type IssueHead,
} from "./issue-document.ts";
export {
  judgeCommand,
  judgeCriterion,
  judgeNegative,
  type Judgement,
  type NegativeState,
} from "./judge-check.ts";
export { readLadderFile, type Ladder, type Level } from "./ladder-file.ts";
export {
  criterionInstance,
  criterionStatus,
  ladderStatus,
  levelDefinition,
  levelInstance,
  statusJson,
  type CriterionState,
  type CriterionStatus,
  type LadderStatus,
  type LevelStatus,
  type Recorded,
  type StatusInput,
} from "./ladder-status.ts";
export {
  readLifecycleFile,
  STAGES,
  type Lifecycle,
  type Phase,
  type Stage,
} from "./lifecycle-file.ts";
export { REPORT_BYTES_MAX } from "./limits.ts";
export { matchesGlob } from "./match-glob.ts";
export { findingsOf, presetOf, PRESETS, type Preset } from "./presets.ts";
export { readReport } from "./read-report.ts";
export { findSecrets, isSecretName, redactSecrets } from "./redact-secrets.ts";
export {
  addPitfall,
  compareEnvironments,
  lintReplicationNotes,
  newReplicationNotes,
  readGoldenEnvironment,
  type EnvironmentFacts,
} from "./replication-notes.ts";
export { isHalting, SEVERITIES, UNKNOWN_SEVERITY, type Severity } from "./severity.ts";
export { readTaskSpec, type TaskSpec } from "./task-spec.ts";
export { lintTestMatrix, mergeTestMatrix, type MatrixRow } from "./test-matrix.ts";
export type { TestSummary } from "./test-summary.ts";
export {
  judgeThresholds,
  readThresholdFile,
  type Metric,
  type Threshold,
} from "./threshold-file.ts";
export {
  addTrouble,
  lintTroubleshooting,
  matchTrouble,
  readTroubleshooting,
  SEEDED_TROUBLESHOOTING,
  type TroubleEntry,
} from "./troubleshooting.ts";
