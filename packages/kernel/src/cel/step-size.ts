/**
 * What one step pays for: at most 100 ns of work on a slow core, so that CEL_COST_MAX steps stay within 2 ms.
 * `cel.bench.ts` measures the slowest accepted expressions.
 */

/** Characters (code points) compared, copied or concatenated. */
export const CHARACTERS_PER_STEP = 64;
/** Characters counted by `size`: pairs of surrogates are told apart one by one. */
export const COUNTED_CHARACTERS_PER_STEP = 32;
/** Characters of text and part that `contains` looks through: its tables cost more than a plain pass. */
export const SEARCHED_CHARACTERS_PER_STEP = 8;
/** Items copied from lists into another. */
export const ITEMS_PER_STEP = 8;
/** Keys listed of a map. */
export const KEYS_PER_STEP = 2;

export function stepsOfCharacters(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_STEP);
}

/** A text looked up among keys: it is hashed. */
export function stepsOfKey(characters: number): number {
  return stepsOfCharacters(characters);
}

/** Computed keys put into order: each is hashed, and compared with a few of the others. */
export function stepsOfOrder(keys: number, characters: number): number {
  let comparisons = 1;
  for (let rest = keys; rest > 1; rest = Math.ceil(rest / 2)) comparisons += 1;
  // Twice, because sorting allocates.
  return 2 * keys * stepsOfCharacters(characters) * comparisons;
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
