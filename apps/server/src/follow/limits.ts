/** Bounds of following, with unit and reason. */

/** Records that are asked for, decided and made durable together: a page of the journal. */
export const BATCH_RECORDS = 1_000;
/** Records after which a snapshot is taken: a start replays at most so many, some seconds. */
export const SNAPSHOT_RECORDS = 10_000;
/** ms after which the head is looked at again where nothing is said: the age of an answer at rest stays below it. */
export const LOOK_AGAIN_MS = 5_000;
/** ms before a server that cannot be reached is tried again, first and at most. */
export const RETRY_FIRST_MS = 250;
export const RETRY_LAST_MS = 5_000;
