/** Code whose mutants each are noticed, or missed, in a way of their own: `gauge.test.ts` tells which. */

const LIMIT = 10;
if (LIMIT < 1) throw new Error("a gauge without room");

/** Kept from its first call on. */
let squares: readonly number[] | undefined;

let isBusy = false;

export function isWithin(n: number): boolean {
  return n <= LIMIT;
}

export function squareOf(n: number): number | undefined {
  squares ??= [0, 1, 2, 3].map((side) => side * side);
  return squares[n];
}

/** @throws Error where it is called from within `work`, or where something left it busy */
export function exclusively(work: () => void): void {
  if (isBusy) throw new Error("busy");
  isBusy = true;
  work();
  isBusy = false;
}

export function sum(numbers: readonly number[]): number {
  // No test can tell: the sum of nothing is 0 either way.
  if (numbers.length === 0) return 0;
  let total = 0;
  for (let at = 0; at < numbers.length; at++) total += numbers[at] ?? 0;
  return total;
}

export function neverCalled(n: number): number {
  return n * n;
}
