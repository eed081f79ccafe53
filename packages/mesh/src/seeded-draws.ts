/**
 * Counter-based draws: the n-th draw of a stream depends on (seed, n) alone, so that two arms, two workers and a replay get
 * the same numbers in whatever order they ask. Two rounds of the finaliser of MurmurHash3 (Appleby, 2011). `seed` and
 * `counter`: 32-bit integers. Gives 0 to 2³² − 1.
 */
export function drawAt(seed: number, counter: number): number {
  let bits = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(counter + 0x7f4a7c15, 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A stream of draws; its position is its whole state. */
export interface Draws {
  /** 32 random bits. */
  bits(): number;
  /** An integer in 0 … bound − 1; bound 1 … 2³². The bias is below bound / 2³². */
  below(bound: number): number;
  /** True `perMillion` times in a million. */
  happens(perMillion: number): boolean;
}

/** The stream of `seed`, a 32-bit integer, from its beginning. */
export function createDraws(seed: number): Draws {
  let counter = 0;
  const bits = (): number => {
    counter += 1;
    return drawAt(seed, counter);
  };
  const below = (bound: number): number => Math.floor((bits() / 0x1_0000_0000) * bound);
  return { bits, below, happens: (perMillion) => below(1_000_000) < perMillion };
}

/** Seed of a stream of its own, from a seed and the numbers that name the stream, `names`; their order counts. */
export function seedOf(seed: number, ...names: readonly number[]): number {
  let derived = seed;
  for (const name of names) derived = drawAt(derived, name);
  return derived;
}
