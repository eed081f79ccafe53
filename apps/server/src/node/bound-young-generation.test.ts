import { execFile } from "node:child_process";
import process from "node:process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { YOUNG_BYTES } from "./bound-young-generation.ts";

const MODULE = new URL("bound-young-generation.ts", import.meta.url).href;

/** The young generation of a process after 100 MB that survive it. */
async function grown(isBound: boolean): Promise<number> {
  const program = `
    import { boundYoungGeneration, youngBytes } from ${JSON.stringify(MODULE)};
    ${isBound ? "boundYoungGeneration();" : ""}
    const kept = [];
    for (let at = 0; at < 1_000_000; at += 1) kept.push({ at, text: String(at) });
    console.log(kept.length, youngBytes());
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--no-warnings",
    "--max-semi-space-size=64",
    "--input-type=module",
    "--eval",
    program,
  ]);
  return Number(stdout.split(" ")[1]);
}

it("keeps the young generation small where much survives it, which grows without it", async () => {
  expect(await grown(true)).toBeLessThanOrEqual(YOUNG_BYTES);
  expect(await grown(false)).toBeGreaterThan(YOUNG_BYTES);
});
