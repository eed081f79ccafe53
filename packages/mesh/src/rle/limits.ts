/** Bounds of run length encoded patterns. */

/** Characters of one file: the densest pattern of the largest torus has 2²⁸ cells, and nothing legible has a tenth of that. */
export const RLE_LENGTH_MAX = 67_108_864;
/** Columns of a written line: what the format's description asks for. */
export const RLE_COLUMNS_MAX = 70;
