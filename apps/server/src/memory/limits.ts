/** Bounds of the server's memories, with unit and reason. */

/** Questions that wait for the thread at once, all together and for one instance: nobody takes all the places. */
export const MEMORY_WAITING_MAX = 64;
export const MEMORY_WAITING_OF_ONE_MAX = 32;
/** ms after which whoever found no place may come again. */
export const MEMORY_RETRY_MS = 1_000;
/** Memories of one instance: each is looked at where its cell has died, which takes a millisecond for some thousands. */
export const MEMORIES_MAX = 10_000;
/** Meshes that are kept ready: one of 10,000 memories takes about 30 MB. */
export const PLACES_OPEN_MAX = 8;
/** MB of the thread's own objects: where they do not do, the thread ends and the server goes on. */
export const THREAD_HEAP_MB_MAX = 512;
/** ms that a command on the same folder is waited for. */
export const LOCK_WAIT_MS = 5_000;
/** Texts that wait for an embedder of another server: those of some of the longest texts. */
export const EMBED_WAITING_MAX = 512;
/** ms for all vectors of one question, tries and waiting together: below the half minute that clients wait. */
export const EMBED_MS_MAX = 20_000;
/** ms that the thread gets to finish what it works on when the server stops. */
export const THREAD_END_MS_MAX = 5_000;
