import { assert } from "@swoosh/kernel/values";

/**
 * Logarithm to base 2 of `value`, a positive whole number below 2⁵³, in 65,536ths, rounded down: bit by bit, by squaring a
 * mantissa. With integers alone, so that every machine fits the same adapters. Any other value is an assertion's failure.
 */
export function log2Fixed(value: number): number {
  assert(value >= 1 && Number.isSafeInteger(value), "a logarithm of a positive integer");
  let whole = 0;
  let scale = 1;
  while (value >= scale * 2) {
    scale *= 2;
    whole += 1;
  }
  let mantissa = Math.floor((value / scale) * MANTISSA_ONE);
  let fraction = 0;
  for (let bit = 0; bit < 16; bit += 1) {
    mantissa = Math.floor((mantissa * mantissa) / MANTISSA_ONE);
    fraction *= 2;
    if (mantissa >= 2 * MANTISSA_ONE) {
      mantissa = Math.floor(mantissa / 2);
      fraction += 1;
    }
  }
  return whole * 65_536 + fraction;
}

/** Squares of mantissas below 2 stay below 2⁵². */
const MANTISSA_ONE = 33_554_432;
