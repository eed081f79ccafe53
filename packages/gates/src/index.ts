// The door of the gates: files, verdicts, statuses and documents as values. Running commands and keeping logs is the command line's.
export {
  definitionOf,
  type Command,
  type Criterion,
  type Expectation,
  type ReportFormat,
  type Schedule,
} from "./check.ts";
export { aliasFiles } from "./alias-files.ts";
export { badgeJson, badgeSvg, ladderBadge } from "./badge.ts";
export { ciWorkflow } from "./ci-workflow.ts";
export { classifyChange, type ChangeClass } from "./classify-change.ts";
export { formatDecimal, parseDecimal } from "./decimal.ts";
export { formatDuration, parseDuration } from "./duration.ts";
export { errorSignature, errorSnippet } from "./error-signature.ts";
export { executionJson, type Execution } from "./execution.ts";
export { hasErrors, type FileProblem } from "./file-problem.ts";
export { FileReading, type Place } from "./file-reading.ts";
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
  type DegradeStep,
  type Lifecycle,
  type Phase,
  type Stage,
} from "./lifecycle-file.ts";
export { REPORT_BYTES_MAX } from "./limits.ts";
export { levelReport, mergeMaturity, type ReportInput } from "./maturity-report.ts";
export { matchesGlob } from "./match-glob.ts";
export { findingsOf, presetOf, PRESETS, type Preset } from "./presets.ts";
export { progressionOf, type ProgressionStep } from "./progression.ts";
export { proposeLadder, type RepositoryFacts } from "./propose-ladder.ts";
export { proposeLifecycle } from "./propose-lifecycle.ts";
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
export { yamlText } from "./front-matter.ts";
export { mergeTaskSection, taskSection } from "./task-section.ts";
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

// The gates that ship (gates design §4): pure verdicts over texts.
export { checkCompression } from "./shipped/check-compression.ts";
export {
  checkContracts,
  decisionPayload,
  type Contract,
  type LockedContract,
} from "./shipped/check-contracts.ts";
export {
  auditDependencies,
  checkLicences,
  LICENCES_ALLOWED,
  type Advisory,
} from "./shipped/check-dependencies.ts";
export { checkDocstrings } from "./shipped/check-docstrings.ts";
export { checkDocuments } from "./shipped/check-documents.ts";
export { checkDrift } from "./shipped/check-drift.ts";
export { checkEventLog } from "./shipped/check-event-log.ts";
export { checkLinks } from "./shipped/check-links.ts";
export { checkParameters } from "./shipped/check-parameters.ts";
export { checkPerformance } from "./shipped/check-performance.ts";
export { checkSecrets } from "./shipped/check-secrets.ts";
export { checkShape, unknownKeywords, type Shape } from "./shipped/check-shape.ts";
export type { Finding, SourceText } from "./shipped/finding.ts";
