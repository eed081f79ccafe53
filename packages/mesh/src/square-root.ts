/**
 * Square root of `value` by Newton's iteration: only +, × and ÷, so that every engine gives the same bits (`Math.sqrt` is
 * left to the engine by ECMA-262 §21.3.2). Relative error below 2⁻⁵¹; 0 for what is not positive.
 */
export function squareRoot(value: number): number {
  if (!(value > 0)) return 0;
  if (value === Number.POSITIVE_INFINITY) return value;
  let root = value > 1 ? value : 1;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const next = (root + value / root) / 2;
    if (next >= root) return root;
    root = next;
  }
  return root;
}

/** The n-th root of `value`, n a small positive integer, in the same way; 0 for what is not positive. */
export function nthRoot(value: number, n: number): number {
  if (!(value > 0)) return 0;
  let root = value > 1 ? value : 1;
  for (let round = 0; round < ROUNDS_MAX * n; round += 1) {
    const next = ((n - 1) * root + value / integerPower(root, n - 1)) / n;
    if (next >= root) return root;
    root = next;
  }
  return root;
}

/** `base` multiplied `exponent` times: exponent a non-negative integer. */
export function integerPower(base: number, exponent: number): number {
  let power = 1;
  for (let step = 0; step < exponent; step += 1) power *= base;
  return power;
}

/** Halving from the largest double to 1 takes 1,024 rounds; convergence after that at most 8. */
const ROUNDS_MAX = 1_100;
