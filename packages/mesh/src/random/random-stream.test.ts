import { describe, expect, it } from "vitest";
import { PURPOSES, RandomStream } from "./random-stream.ts";

/** Independent of the class: the algorithm over BigInt, as the paper writes it. */
function threefry(key: readonly [bigint, bigint], counter: readonly [bigint, bigint]): bigint[] {
  const mask = 0xffff_ffffn;
  const rotations = [13n, 15n, 26n, 6n, 17n, 29n, 16n, 24n];
  const keys = [key[0], key[1], 0x1bd11bdan ^ key[0] ^ key[1]];
  let [x0, x1] = [(counter[0] + key[0]) & mask, (counter[1] + key[1]) & mask];
  for (let round = 0; round < 20; round += 1) {
    const by = rotations[round % 8] ?? 0n;
    x0 = (x0 + x1) & mask;
    x1 = ((x1 << by) | (x1 >> (32n - by))) & mask;
    x1 ^= x0;
    if (round % 4 === 3) {
      const turn = (round + 1) / 4;
      x0 = (x0 + (keys[turn % 3] ?? 0n)) & mask;
      x1 = (x1 + (keys[(turn + 1) % 3] ?? 0n) + BigInt(turn)) & mask;
    }
  }
  return [x0, x1];
}

describe("RandomStream", () => {
  it("is Threefry-2x32-20: the oracle gives the known answers, the stream what the oracle gives", () => {
    // Known answers of the authors' library (Random123, kat_vectors).
    expect(threefry([0n, 0n], [0n, 0n])).toEqual([0x6b200159n, 0x99ba4efen]);
    expect(threefry([0x13198a2en, 0x03707344n], [0x243f6a88n, 0x85a308d3n])).toEqual([
      0xc4923a9cn,
      0x483df7a0n,
    ]);
    for (const seed of [0, 1, 77, 0xffff_ffff]) {
      const stream = new RandomStream(seed, "flip");
      for (const [tick, cell] of [
        [0, 0],
        [1, 7],
        [4_000_000_000, 4_294_967_295],
      ] as const) {
        const key = [BigInt(seed), BigInt(PURPOSES.flip)] as const;
        const block = threefry(key, [BigInt(tick), BigInt(cell >>> 1)]);
        expect(BigInt(stream.draw(tick, cell))).toBe(block[cell & 1]);
      }
    }
  });

  it("depends on seed, purpose, tick and cell alone, in whatever order they are asked", () => {
    const forward = new RandomStream(9, "flip");
    const backward = new RandomStream(9, "flip");
    const cells = Array.from({ length: 64 }, (_, cell) => cell);
    const there = cells.map((cell) => forward.draw(3, cell));
    const back = cells.toReversed().map((cell) => backward.draw(3, cell));
    expect(back.toReversed()).toEqual(there);
    expect(cells.map((cell) => forward.draw(4, cell))).not.toEqual(there);
    expect(cells.map((cell) => new RandomStream(9, "kill").draw(3, cell))).not.toEqual(there);
    expect(cells.map((cell) => new RandomStream(10, "flip").draw(3, cell))).not.toEqual(there);
  });

  it("is even: each of the 32 bits is set in half of the draws, within five sigma", () => {
    const stream = new RandomStream(4, "pick");
    const draws = 20_000;
    const set = new Uint32Array(32);
    for (let cell = 0; cell < draws; cell += 1) {
      const word = stream.draw(cell % 7, cell);
      for (let bit = 0; bit < 32; bit += 1) set[bit] = (set[bit] ?? 0) + ((word >>> bit) & 1);
    }
    for (const count of set)
      expect(Math.abs(count - draws / 2)).toBeLessThan(5 * Math.sqrt(draws / 4));
  });

  it("gives integers below a bound, all of them", () => {
    const stream = new RandomStream(4, "pick");
    const seen = new Set(Array.from({ length: 400 }, (_, cell) => stream.below(10, 0, cell)));
    expect([...seen].toSorted((left, right) => left - right)).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
    ]);
  });

  it("has a number of its own for each purpose", () => {
    const numbers = Object.values(PURPOSES);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
