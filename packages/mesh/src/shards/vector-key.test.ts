import { describe, expect, it } from "vitest";
import { createDraws } from "../seeded-draws.ts";
import { cosine, isSameKey, KEY_DIMENSIONS, keyOfCodes, quantise } from "./vector-key.ts";

function randomVector(seed: number): number[] {
  const draws = createDraws(seed);
  return Array.from({ length: KEY_DIMENSIONS }, () => draws.below(2_001) - 1_000);
}

describe("keys", () => {
  it("keep the direction of a vector to a hundredth of a cosine", () => {
    for (let seed = 1; seed < 50; seed += 1) {
      const left = randomVector(seed);
      const right = randomVector(seed + 100).map((one, at) => one + 2 * (left[at] ?? 0));
      const exact = exactCosine(left, right);
      expect(Math.abs(cosine(quantise(left), quantise(right)) - exact)).toBeLessThan(0.01);
    }
  });

  it("do not depend on the length of the vector", () => {
    const vector = randomVector(3);
    expect(isSameKey(quantise(vector), quantise(vector.map((one) => one * 1e-9)))).toBe(true);
    expect(cosine(quantise(vector), keyOfCodes(quantise(vector).codes))).toBeCloseTo(1, 12);
  });

  it("refuse what is no direction, and say which component", () => {
    expect(() => quantise([1, 2, 3])).toThrow("the vector has 3 dimensions; the mesh takes 768");
    const broken = randomVector(1);
    broken[17] = Number.NaN;
    expect(() => quantise(broken)).toThrow("component 17 of the vector is NaN");
    broken[17] = Number.POSITIVE_INFINITY;
    expect(() => quantise(broken)).toThrow("component 17 of the vector is Infinity");
    expect(() => quantise(new Float32Array(KEY_DIMENSIONS))).toThrow("all zeros");
    expect(() => keyOfCodes(new Int8Array(KEY_DIMENSIONS))).toThrow("all zeros");
  });
});

function exactCosine(left: readonly number[], right: readonly number[]): number {
  const inner = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, one, at) => sum + one * (b[at] ?? 0), 0);
  return inner(left, right) / Math.sqrt(inner(left, left) * inner(right, right));
}
