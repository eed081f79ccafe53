/** Bounds of the automaton, in cells a side. */

/** Below this a cell of the torus would be its own neighbour's neighbour: the eight neighbours and the second ring must differ. */
export const SIDE_MIN = 5;
/** 2²⁸ cells: one bit buffer is 32 MiB, and the number of a cell fits the random streams' counter. */
export const SIDE_MAX = 16_384;
