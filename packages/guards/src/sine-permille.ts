/**
 * round(1000 · sin(2π · k/64)) for the first quarter of a turn, k = 0 … 16. Fixed integers: no engine's sine may decide
 * whether a window is open.
 */
const QUARTER: readonly number[] = [
  0, 98, 195, 290, 383, 471, 556, 634, 707, 773, 831, 882, 924, 957, 981, 995, 1_000,
];
export const SINE_STEPS = 64;

/** −1000 … 1000 at step 0 … 63 of one turn; a step outside is taken into the turn. */
export function sinePermille(step: number): number {
  const inTurn = ((step % SINE_STEPS) + SINE_STEPS) % SINE_STEPS;
  const half = inTurn % 32;
  const value = QUARTER[half <= 16 ? half : 32 - half] ?? 0;
  return inTurn < 32 ? value : -value;
}
