/** Bounds of reading, with unit and reason. */

/** Instances that one page of `/instances` looks at in one turn of the loop. A page may so be short and go on. */
export const INSTANCES_SCANNED_MAX = 5_000;
/** Records that one page of `/decisions` looks at by their columns: a few ms. */
export const DECISIONS_SCANNED_MAX = 1_000_000;
/** Records that are read and taken into the index between two turns of the loop. */
export const INDEX_PAGE_RECORDS = 256;
/** How long a read waits for the index to catch up before it is told to come back, ms. */
export const INDEX_WAIT_MS = 5_000;

/** Past states that wait for the one that is being rebuilt: each may replay a long log. */
export const PAST_QUEUE_MAX = 1;
/** What a caller beyond that queue is told to wait, ms. */
export const PAST_RETRY_MS = 1_000;
/** Past heads that are kept: bodies of a few KiB. */
export const PAST_KEPT_MAX = 256;
/** A rebuilt world is kept so long for the next question about a later index, ms. */
export const PAST_WORLD_KEPT_MS = 30_000;

/** Segments that a reader of a folder keeps in memory: the last one, and the one that is being looked through. */
export const SEGMENTS_KEPT = 2;

/** Steps of a cause chain, and those that one step may have as causes. */
export const CAUSES_MAX = 20;
/** Records that a cause chain reads at most: each is one read of the log. */
export const CAUSE_RECORDS_MAX = 200;

/** Identities that `/explain` looks at to say who may: roles times transitions, in one turn of the loop. */
export const IDENTITIES_EXPLAINED_MAX = 1_000;
