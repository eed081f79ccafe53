import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { growthFor } from "./bound-old-generation.ts";

const MODULE = new URL("bound-old-generation.ts", import.meta.url).href;
const MIB = 2 ** 20;

/** Largest old generation, MiB, of a process that replaces some 20 MB of documents again and again, as a server does. */
async function grown(boundBytes: number | null): Promise<number> {
  const program = `
    import { boundOldGeneration } from ${JSON.stringify(MODULE)};
    import { setTimeout as pause } from "node:timers/promises";
    import { getHeapSpaceStatistics } from "node:v8";
    if (${boundBytes} !== null) boundOldGeneration(${boundBytes});
    const kept = Array.from({ length: 100_000 }, (_, at) => ({ at, of: { at, words: [at, at + 1] } }));
    // V8's first bound is by the machine's memory; each collection finds a new one, by the flag as it was when it began.
    for (let time = 0; time < 2; time += 1) {
      gc();
      await pause(10);
    }
    let largest = 0;
    for (let round = 0; round < 6; round += 1) {
      for (let at = 0; at < kept.length; at += 1) {
        kept[at] = { at, of: { at, words: [at, round] } };
        if (at % 2_000 === 0) await pause(1);
      }
      const old = getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space");
      largest = Math.max(largest, old.space_size);
    }
    console.log(largest);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--no-warnings",
    "--expose-gc",
    "--max-semi-space-size=2",
    "--input-type=module",
    "--eval",
    program,
  ]);
  return Number(stdout) / MIB;
}

describe("the bound of the old generation", () => {
  it("keeps it near what is in use where documents are replaced, which grows without it", async () => {
    const [bound, free] = [await grown(32 * MIB), await grown(null)];

    expect(bound).toBeLessThan(45);
    expect(free).toBeGreaterThan(60);
  });

  it("leaves small heaps to V8, lets larger ones grow up to it, and the largest by a fifth", () => {
    expect([10, 24, 48, 100, 400].map((mib) => growthFor(mib * MIB))).toEqual([
      0, 300, 100, 15, 15,
    ]);
  });
});
