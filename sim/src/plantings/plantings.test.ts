import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import { createBeginning, type Beginning } from "../beginning.ts";
import { runSeed } from "../run-seed.ts";
import { loadSimCharts } from "../sim-charts.ts";
import { plantedTable } from "./planted-table.ts";
import type { Planted } from "./planted.ts";
import { PLANTINGS } from "./plantings.ts";

/** Every fifth of them for each change, all of them in soak. */
const SAMPLE = process.env["SWOOSH_SOAK"] === undefined ? 5 : 1;
let beginning: Beginning;
beforeAll(async () => {
  beginning = await createBeginning(loadSimCharts());
});

/** Name of the check that finds it first, within its seeds. */
async function finderOf({ plant, seedsMax }: Planted): Promise<string> {
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const { findings } = await runSeed(beginning, seed, { planting: plant() });
    if (findings[0] !== undefined) return findings[0].check;
  }
  return "nobody";
}

it.each(PLANTINGS.filter((_, place) => place % SAMPLE === 0))(
  "finds what is planted: $name",
  async (planted) => {
    expect(planted.found).toContain(await finderOf(planted));
  },
);

it("has forty bugs and more, each with a name of its own, in the table that people read", () => {
  expect(new Set(PLANTINGS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(40);
  const table = readFileSync(new URL("../../planted.md", import.meta.url), "utf8");
  expect(table).toContain(plantedTable(PLANTINGS));
});
