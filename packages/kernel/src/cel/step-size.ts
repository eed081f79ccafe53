/**
 * What one step pays for: at most 100 ns of work on a slow core, so that CEL_COST_MAX steps stay within 2 ms.
 * `cel.bench.ts` measures the slowest accepted expressions.
 */

/** Characters (code points) compared, copied or concatenated. */
export const CHARACTERS_PER_STEP = 64;
/** Characters counted by `size`: pairs of surrogates are told apart one by one. */
export const COUNTED_CHARACTERS_PER_STEP = 32;
/** Characters of text and part that `contains` looks through: its tables cost more than a plain pass. */
export const SEARCHED_CHARACTERS_PER_STEP = 16;
/** Items copied from lists into another. */
export const ITEMS_PER_STEP = 8;
/** Keys listed of a map. */
export const KEYS_PER_STEP = 2;

export function stepsOfCharacters(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_STEP);
}

export function stepsOfCount(characters: number): number {
  return Math.ceil(characters / COUNTED_CHARACTERS_PER_STEP);
}

export function stepsOfSearch(characters: number): number {
  return Math.ceil(characters / SEARCHED_CHARACTERS_PER_STEP);
}

export function stepsOfItems(items: number): number {
  return Math.ceil(items / ITEMS_PER_STEP);
}

export function stepsOfKeys(keys: number): number {
  return Math.ceil(keys / KEYS_PER_STEP);
}
