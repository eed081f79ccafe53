/** Bounds of the journal's files, with unit and reason. */

/** Most bytes of a segment: at 10 MB of records a second a new one every six seconds. */
export const SEGMENT_BYTES = 67_108_864;
/** Of the first segment: a journal of a few hundred records takes no more room, and begins in a few ms. */
export const SEGMENT_BYTES_FIRST = 1_048_576;
/** How much larger the next segment is than the one before, up to the most: a busy journal is there after three. */
export const SEGMENT_GROWTH = 4;
/** Segments are multiples of this, so that a file that was cut short is mostly seen by its length. */
export const SEGMENT_BYTES_UNIT = 4_096;
/** Zeros written at a time into a segment that is being prepared: some 0.3 ms of the thread. */
export const ZEROS_BYTES = 1_048_576;
/** What a disk writes whole or not at all; as in the kernel's rule of torn tails. */
export const SECTOR_BYTES = 512;
/**
 * Zeros that a start writes once more behind the end of the log, some 3 ms: a batch of the engine (4 MiB and a record), and
 * the largest ones of followers but for those whose records are five times as long as usual.
 */
export const ZEROS_AGAIN_BYTES = 8_388_608;
/** Records between two places that are remembered: a record is found after reading at most so many; 0.5 MB a million. */
export const MARK_RECORDS = 16;
/** The newest one, and one to fall back on. */
export const SNAPSHOTS_KEPT_MIN = 2;
/** Tries to become the writer while others try too. */
export const LOCK_TRIES_MAX = 16;
/** Looks at a segment that another process may be writing, before what it shows counts as damage. */
export const READ_AGAIN_MAX = 5;
/** Entries of 20 bytes in a page of a key file: the most that fit into 4,096 bytes, which a disk reads at once. */
export const KEY_PAGE_ENTRIES = 204;
/** Keys for each 512 bits of a key file's filter: 16 bits a key; of 600 keys that are not there, some one costs a read. */
export const KEY_FILTER_BLOCK_KEYS = 32;
