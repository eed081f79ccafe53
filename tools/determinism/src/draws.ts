/** Seeded numbers (mulberry32): the same seed gives the same run on every engine. Integers and `Math.imul` alone. */
export interface Draws {
  /** 0 … below − 1 */
  below(below: number): number;
  /** True once in `n` times. */
  oneIn(n: number): boolean;
  pick<T>(list: readonly T[]): T;
}

export function createDraws(seed: number): Draws {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (count: number): number => next() % count;
  return {
    below,
    oneIn: (n) => below(n) === 0,
    pick(list) {
      const item = list[below(list.length)];
      if (item === undefined) throw new Error("a list to pick from is never empty");
      return item;
    },
  };
}
