/** Bounds of the WebAssembly engines. */

/** Pages of 64 KiB: control block, two striped and two column buffers of the largest torus (32 MiB each), tile lists. */
export const MEMORY_PAGES_MAX = 4_096;
/** Bands of rows for each worker in a tick: enough that one which is held up leaves its share to others. */
export const BANDS_PER_WORKER = 8;
/** Bands of a tick: twelve bits in the shared state. */
export const BANDS_MAX = 4_095;
/** Looks at the shared state before a worker sleeps: about 20 µs, longer than most ticks are apart. */
export const SPINS_BEFORE_SLEEP = 20_000;
