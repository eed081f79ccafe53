/** Bounds of pulses. */

/** Amplitudes are fixed point: this is 1. */
export const AMPLITUDE_ONE = 65_536;
/** Where waves meet they overshoot to three times and more: clamped here, above which nothing changes. */
export const AMPLITUDE_MAX = 3 * AMPLITUDE_ONE;
/** Below this no entry of any adapter acts: the strongest has three times the weight of the rule itself. */
export const AMPLITUDE_ACTING_MIN = Math.ceil(AMPLITUDE_ONE / 3);
/** Weights of adapters are eighths of the rule's own. */
export const LEVEL_ONE = 8;
/** The strongest entry: three times the rule's own weight. */
export const LEVEL_MAX = 24;
/** Adapters that act at one time: eight fields of a 1024² torus are 32 MiB. */
export const CHANNELS_MAX = 8;
/** Cells: a disc that fills most of a 32² torus. */
export const RADIUS_MAX = 64;
