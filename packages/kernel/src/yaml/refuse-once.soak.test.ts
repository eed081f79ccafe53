import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { OVERSIZED } from "./test/oversized.ts";
import type { RefusalCost } from "./test/refuse-once.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
const PROGRAM = fileURLToPath(new URL("test/refuse-once.ts", import.meta.url));
const PROCESSES = 3;

function inNewProcess(at: number): RefusalCost {
  const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, String(at)], {
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  const cost: RefusalCost = JSON.parse(stdout);
  return cost;
}

/** By a process that has read nothing yet, so that nothing is compiled or collected beforehand: the least of some. */
describe.runIf(isSoak)("a text over a limit", () => {
  it.each(OVERSIZED.map(({ edge, name }, at) => [edge, name, at] as const))(
    "%s, %s: is refused within 50 ms and 32 MiB, also as the first of its process",
    (_edge, _name, at) => {
      const costs = Array.from({ length: PROCESSES }, () => inNewProcess(at));
      expect(costs.every(({ refused }) => refused)).toBe(true);
      expect(Math.min(...costs.map(({ coldMs }) => coldMs))).toBeLessThan(50);
      const marksKib = costs.map(({ markKib }) => markKib);
      expect(Math.min(...marksKib), "the mark of the highest memory is read").toBeGreaterThan(0);
      expect(Math.max(...costs.map(({ peakKib }) => peakKib))).toBeLessThan(32 * 1_024);
    },
  );
});
