import { describe, expect, it } from "vitest";
import { createProgress } from "./progress.ts";
import { CapturedConsole } from "./test/captured-console.ts";

/** What is written of work whose steps come at these times, in ms after its begin. */
function written(
  about: { readonly errIsTerminal: boolean; readonly isQuiet?: boolean; readonly total?: number },
  steps: readonly (readonly [atMs: number, records: number])[],
): readonly string[] {
  const texts: string[] = [];
  const port = new CapturedConsole({ errIsTerminal: about.errIsTerminal });
  port.onErr = (text) => texts.push(text);
  let now = 0;
  const progress = createProgress(port, { isQuiet: about.isQuiet === true, nowMs: () => now });
  for (const [atMs, records] of steps) {
    now = atMs;
    const total = about.total === undefined ? {} : { total: about.total };
    progress.show({ word: "verified", records, ...total });
  }
  progress.end();
  return texts;
}

const clear = "\r\u001B[2K";

describe("progress", () => {
  it("is a bar on a terminal, drawn ten times a second at most, and gone at the end", () => {
    const steps = [
      [0, 0],
      [50, 100],
      [100, 250],
      [2_500, 1_000],
    ] as const;
    expect(written({ errIsTerminal: true, total: 1_000 }, steps)).toEqual([
      `${clear}[${"-".repeat(24)}] 0 of 1000 records verified, 0 s`,
      `${clear}[${"#".repeat(6)}${"-".repeat(18)}] 250 of 1000 records verified, 0 s`,
      `${clear}[${"#".repeat(24)}] 1000 of 1000 records verified, 2 s`,
      clear,
    ]);
  });

  it("has no bar where nobody knows how much there is, and no full one before its time", () => {
    expect(written({ errIsTerminal: true }, [[0, 7]])[0]).toBe(`${clear}7 records verified, 0 s`);
    expect(written({ errIsTerminal: true, total: 1_000 }, [[0, 999]])[0]).toContain("#-] 999");
    // A log that grew meanwhile.
    expect(written({ errIsTerminal: true, total: 10 }, [[0, 12]])[0]).toContain("#] 12 of 10");
  });

  it("is a line every few seconds elsewhere, and none of what is over before", () => {
    const lines = [
      [0, 1],
      [2_999, 2],
      [3_000, 3],
      [5_900, 4],
      [6_100, 5],
    ] as const;
    expect(written({ errIsTerminal: false, total: 9 }, lines)).toEqual([
      "3 of 9 records verified, 3 s\n",
      "5 of 9 records verified, 6 s\n",
    ]);
  });

  it("is nothing where it is not wanted", () => {
    for (const errIsTerminal of [true, false])
      expect(written({ errIsTerminal, isQuiet: true }, [[9_000, 1]])).toEqual([]);
  });
});
