/** Every bound of the gates, with unit and reason. Those that charts have as well must agree with `charts/*.yaml`. */

/** A file that people write and read; `parseYaml` refuses more. Bytes. */
export const GATES_FILE_BYTES_MAX = 131_072;
/** Levels of a ladder, and criteria and triggers of one level: what the document of a level may name (`charts/ladder.yaml`). */
export const LEVELS_MAX = 16;
export const CRITERIA_MAX = 24;
export const TRIGGERS_MAX = 16;
/** Gates of one stage (`charts/lifecycle.yaml`). */
export const STAGE_GATES_MAX = 16;
/** Code points of the name of a ladder and of an id: together with `--` they are an instance's id of at most 64. */
export const LADDER_NAME_LENGTH_MAX = 20;
export const CRITERION_ID_LENGTH_MAX = 40;
/** Code points of the cause that a verdict keeps (`charts/criterion.yaml`). */
export const CAUSE_LENGTH_MAX = 200;
/** ms: what a check gets unless it says otherwise; what it may ask for at most (seed 000's 72 hours). */
export const CHECK_TIMEOUT_MS_DEFAULT = 600_000;
export const CHECK_TIMEOUT_MS_MAX = 259_200_000;
/** ms: how long a pass is evidence unless told otherwise, and at most (`freshMs` of the chart). */
export const FRESH_MS_DEFAULT = 604_800_000;
export const FRESH_MS_MAX = 31_622_400_000;
/** Failed tests that a summary names; the evidence has them all. */
export const FAILED_TESTS_NAMED_MAX = 20;
/** UTF-16 units of an error snippet in a document: a screenful. */
export const SNIPPET_LENGTH_MAX = 2_000;
/** Bytes of test reports that are parsed; longer ones are judged by their exit code alone. */
export const REPORT_BYTES_MAX = 33_554_432;
/** Resamples of a bootstrap interval (cybermesh facts §5.0). */
export const BOOTSTRAP_RESAMPLES = 2_000;
