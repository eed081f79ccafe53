import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WALL_MS_MAX, WALL_MS_MIN } from "../limits.ts";
import { compareHlc, formatHlc, maxHlc, nextHlc, normalHlc, parseHlc } from "./hlc.ts";

const hlcs = fc.record({
  wallMs: fc.integer({ min: WALL_MS_MIN, max: WALL_MS_MAX }),
  counter: fc.integer({ min: 0, max: 2_147_483_647 }),
});

describe("an HLC", () => {
  it("is written as the platform's calendar writes it, and read back (property)", () => {
    fc.assert(
      fc.property(hlcs, (hlc) => {
        const text = formatHlc(hlc);
        const iso = new Date(hlc.wallMs).toISOString();
        expect(text).toBe(`${iso.slice(0, 23)}+00:00#${hlc.counter}`);
        expect(parseHlc(text)).toEqual(hlc);
        expect(normalHlc(text, hlc)).toBe(text);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    [0, "1970-01-01T00:00:00.000+00:00#0"],
    [951_782_400_000, "2000-02-29T00:00:00.000+00:00#0"],
    [951_868_799_999, "2000-02-29T23:59:59.999+00:00#0"],
    [4_107_542_400_000, "2100-03-01T00:00:00.000+00:00#0"],
    [-1, "1969-12-31T23:59:59.999+00:00#0"],
    [WALL_MS_MIN, "0000-01-01T00:00:00.000+00:00#0"],
    [WALL_MS_MAX, "9999-12-31T23:59:59.999+00:00#0"],
  ])("of %i ms is %s", (wallMs, text) => {
    expect(formatHlc({ wallMs, counter: 0 })).toBe(text);
    expect(parseHlc(text)).toEqual({ wallMs, counter: 0 });
  });

  it("knows the length of every month, and every hour", () => {
    const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for (const [index, length] of days.entries()) {
      const month = String(index + 1).padStart(2, "0");
      const on = (day: number): string => `2026-${month}-${day}T00:00:00.000+00:00#0`;
      expect(parseHlc(on(length))).toBeDefined();
      expect(parseHlc(on(length + 1))).toBeUndefined();
    }
    for (let hour = 0; hour < 24; hour += 1) {
      const text = `2026-11-21T${String(hour).padStart(2, "0")}:00:00.000+00:00#0`;
      const hlc = parseHlc(text);
      expect(hlc && formatHlc(hlc)).toBe(text);
    }
  });

  it("may be padded in its counter; the normal form is not", () => {
    const text = "2026-11-21T09:00:00.000+00:00#0000000012";
    const hlc = parseHlc(text);
    expect(hlc?.counter).toBe(12);
    expect(hlc && normalHlc(text, hlc)).toBe("2026-11-21T09:00:00.000+00:00#12");
    expect(parseHlc("2026-11-21T09:00:00.000+00:00#2147483647")?.counter).toBe(2_147_483_647);
  });

  it.each([
    "",
    "2026-11-21T09:00:00.000+00:00#",
    "2026-11-21T09:00:00.000+00:00#-1",
    "2026-11-21T09:00:00.000+00:00#1x",
    "2026-11-21T09:00:00.000+00:00#2147483648",
    "2026-11-21T09:00:00.000+00:00#00000000012",
    "2026-11-21T09:00:00.000+00:00",
    "2026-11-21T09:00:00.000+01:00#1",
    "2026-11-21T09:00:00,000+00:00#1",
    "2026-11-21T09.00:00.000+00:00#1",
    "2026-11-21T09:00.00.000+00:00#1",
    "2026-11-21 09:00:00.000+00:00#1",
    "2026/11-21T09:00:00.000+00:00#1",
    "2026-11/21T09:00:00.000+00:00#1",
    "2026-00-21T09:00:00.000+00:00#1",
    "2026-13-21T09:00:00.000+00:00#1",
    "2026-11-00T09:00:00.000+00:00#1",
    "2026-11-31T09:00:00.000+00:00#1",
    "2026-02-29T09:00:00.000+00:00#1",
    "2100-02-29T09:00:00.000+00:00#1",
    "2024-02-30T09:00:00.000+00:00#1",
    "2026-11-21T24:00:00.000+00:00#1",
    "2026-11-21T23:60:00.000+00:00#1",
    "2026-11-21T23:59:60.000+00:00#1",
    "x026-11-21T09:00:00.000+00:00#1",
    "2026-x1-21T09:00:00.000+00:00#1",
    "2026-11-x1T09:00:00.000+00:00#1",
    "2026-11-21Tx9:00:00.000+00:00#1",
    "2026-11-21T09:x0:00.000+00:00#1",
    "2026-11-21T09:00:x0.000+00:00#1",
    "2026-11-21T09:00:00.x00+00:00#1",
    "202:-11-21T09:00:00.000+00:00#1",
    "202/-11-21T09:00:00.000+00:00#1",
    "2026-11-21T09:00:00.000+00:00#1:",
    "２026-11-21T09:00:00.000+00:00#1",
  ])("%j is none", (text) => {
    expect(parseHlc(text)).toBeUndefined();
  });

  it("cannot be written out of range", () => {
    expect(() => formatHlc({ wallMs: WALL_MS_MAX + 1, counter: 0 })).toThrow("wall time in range");
    expect(() => formatHlc({ wallMs: WALL_MS_MIN - 1, counter: 0 })).toThrow("wall time in range");
    expect(() => formatHlc({ wallMs: 0, counter: -1 })).toThrow("counter in range");
    expect(() => formatHlc({ wallMs: 0, counter: 2_147_483_648 })).toThrow("counter in range");
  });
});

describe("order", () => {
  it("is by wall, then by counter, as numbers", () => {
    const at = (wallMs: number, counter: number) => ({ wallMs, counter });
    expect(compareHlc(at(1, 9), at(2, 0))).toBeLessThan(0);
    expect(compareHlc(at(2, 0), at(1, 9))).toBeGreaterThan(0);
    expect(compareHlc(at(1, 9), at(1, 10))).toBeLessThan(0);
    expect(compareHlc(at(1, 9), at(1, 9))).toBe(0);
    expect(maxHlc(at(1, 9), at(1, 10))).toEqual(at(1, 10));
    expect(maxHlc(at(2, 0), at(1, 10))).toEqual(at(2, 0));
  });

  it("has a next for every reading", () => {
    expect(nextHlc({ wallMs: 5, counter: 7 })).toEqual({ wallMs: 5, counter: 8 });
    expect(nextHlc({ wallMs: 5, counter: 2_147_483_647 })).toEqual({ wallMs: 6, counter: 0 });
  });
});
