/** Heads that one in-process proposal takes before it gives up: an instance that moves faster wants another design. */
export const STALE_TRIES_MAX = 16;
/** ms that a count of the fleet is good for, and between two counts. */
export const CAPACITY_VALID_MS = 30_000;
export const CAPACITY_EVERY_MS = 10_000;

/** ms before ingestion tries again what failed. */
export const INGEST_AGAIN_MS = 1_000;

/** Of the licence that an installation grants itself: a year, and a day in which what runs may end. ms. */
export const LICENCE_MS_LOCAL = 31_536_000_000;
export const GRACE_MS_LOCAL = 86_400_000;
/** UTF-16 units of a task's log that are remembered for finding a secret that comes in pieces: the longest secret. */
export const TASK_LOG_TAIL_LENGTH = 16_384;
/** Tasks whose tail is remembered. */
export const TASK_LOGS_MAX = 64;
/** Attempts at a source that cannot be reached, or that moves, before it is rejected. */
export const INGEST_TRIES_MAX = 5;
