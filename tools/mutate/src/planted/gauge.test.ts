import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exclusively, isWithin, squareOf, sum } from "./gauge.ts";

describe("the gauge", () => {
  let calls = 0;
  beforeEach(() => {
    calls = 0;
  });
  afterEach(() => {
    if (calls > 2) throw new Error(`${calls} calls`);
  });

  it("knows its limit", () => {
    expect([isWithin(10), isWithin(11)]).toEqual([true, false]);
  });

  it("has squares, whoever asks first", () => {
    expect(squareOf(0)).toBe(0);
  });

  it("has squares of all sides", () => {
    expect([squareOf(1), squareOf(2), squareOf(3), squareOf(4)]).toEqual([1, 4, 9, undefined]);
  });

  it("works alone", () => {
    exclusively(() => {
      calls += 1;
      expect(() => exclusively(() => undefined)).toThrow("busy");
    });
    exclusively(() => {
      calls += 1;
    });
    expect(calls).toBe(2);
  });

  it("adds up", () => {
    expect([sum([]), sum([1, 2])]).toEqual([0, 3]);
  });
});
