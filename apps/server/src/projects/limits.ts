/** Heads that one in-process proposal takes before it gives up: an instance that moves faster wants another design. */
export const STALE_TRIES_MAX = 16;
/** ms that a count of the fleet is good for, and between two counts. */
export const CAPACITY_VALID_MS = 30_000;
export const CAPACITY_EVERY_MS = 10_000;

/** ms before ingestion tries again what failed. */
export const INGEST_AGAIN_MS = 1_000;
