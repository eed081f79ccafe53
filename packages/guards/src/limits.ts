/** Votes of one certificate, and members of one council: each vote is a signature to check. */
export const MEMBERS_MAX = 32;
/** Tasks of one plan: all of them are looked at in one guard. */
export const PLAN_TASKS_MAX = 64;
/** Tasks that one task may wait for. */
export const TASK_NEEDS_MAX = 16;
/** Hashes of evidence that one transition may ask for. */
export const EVIDENCE_MAX = 64;
/** Beats of one tide, from ebb to ebb. */
export const TIDE_PERIOD_BEATS_MAX = 1_000_000;
/** Reasons that one guard gives at most; the kernel cuts there too. */
export const REASONS_MAX = 8;
