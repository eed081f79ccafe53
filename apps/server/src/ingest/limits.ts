/** Every bound of ingestion, with unit and reason. */

/** Files of one project: as many as the largest repositories that people work in have; a manifest of them is 20 MiB. */
export const FILES_MAX = 100_000;
/** Bytes of one file: what a scanner may be asked to look through, twice. */
export const FILE_BYTES_MAX = 268_435_456;
/** Bytes of all files together, and of what git may put on disk for them. */
export const TOTAL_BYTES_MAX = 4_294_967_296;
/** Files up to here are held in memory from the scanner to the store; larger ones are read twice. Bytes. */
export const BUFFERED_BYTES_MAX = 4_194_304;
/** Bytes that are handed to the store at once, so that their syncs run side by side. */
export const BATCH_BYTES_MAX = 16_777_216;
/** UTF-8 bytes of a path and of one of its steps: what file systems take. */
export const PATH_BYTES_MAX = 1_024;
export const STEP_BYTES_MAX = 255;
/** Symbolic links on the way of one path: as many as Linux follows. */
export const LINKS_FOLLOWED_MAX = 40;
/** Bytes of what a link says. */
export const LINK_BYTES_MAX = 4_096;
/** ms: one call of git; the effect that asks for it waits as long. */
export const GIT_TIMEOUT_MS = 600_000;
/** ms: a question to a remote, which a person may wait for. */
export const GIT_ASK_TIMEOUT_MS = 30_000;
/** ms between looks at how much git has put on disk. */
export const GIT_LOOK_MS = 500;
/** Bytes of an answer of git that is held as a whole: names and hashes of a hundred thousand references. */
export const GIT_ANSWER_BYTES_MAX = 16_777_216;
/** UTF-16 units of git's complaint that are passed on. */
export const GIT_COMPLAINT_LENGTH_MAX = 600;
/** ASCII characters of a source's address in a project's document. */
export const URI_LENGTH_MAX = 80;
/** Bytes of one file that are indexed: generated files of megabytes drown all others. */
export const INDEXED_BYTES_MAX = 1_048_576;
/** Hits of one search. */
export const HITS_MAX = 100;
