/** Bounds of tile skipping. */

/** Cells a side: one word wide, and high enough that eight vectors pay for the bookkeeping of a tile. */
export const TILE_SIDE = 32;
/** Ticks between two looks whether so little changes that skipping pays: a look costs about one tick. */
export const PROBE_TICKS = 128;
/** Skipping begins when fewer than one cell in so many differs from two ticks ago. */
export const QUIET_CELLS_PER_CHANGE = 400;
/** Skipping ends when more than so many per mille of the tiles must be computed. */
export const BUSY_TILES_PER_MILLE = 500;
