/** Bounds of shards and their mesh, with unit and reason. */

/** Shards of one source that are under way at once: more are turned away at injection, so nothing can overflow later. */
export const WINDOW_SHARDS_DEFAULT = 64;
/** Ticks until an unanswered data frame is sent again: there and back take two, late frames a few more. */
export const RETRY_TICKS = 6;
/** Ticks for which a copy is kept after the next cell has it, unless word comes sooner that it went on. */
export const CUSTODY_TICKS = 64;
/** Ticks for which a cell remembers what it accepted: longer than any frame can be late. */
export const ACCEPTED_TICKS = 256;
/** Life of a shard of which nothing else is said. */
export const TTL_TICKS_DEFAULT = 1_000;
/** A life bound that a 31-bit counter of ticks survives. */
export const TTL_TICKS_MAX = 1_000_000_000;
