import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createBeginning, type Beginning } from "./beginning.ts";
import { readFixtures } from "./fixture.ts";
import { Marks } from "./marks.ts";
import { missingMarks, MUST_HAPPEN } from "./must-happen.ts";
import type { Planting } from "./planting.ts";
import { SeedRun, type SeedRunOptions } from "./seed-run.ts";
import { loadSimCharts } from "./sim-charts.ts";
import { WORLD_NAMES } from "./world-beginning.ts";

const folder = mkdtempSync(join(tmpdir(), "swoosh-sim-run-"));
afterAll(() => rmSync(folder, { recursive: true }));
let beginning: Beginning;
beforeAll(async () => {
  beginning = await createBeginning(loadSimCharts());
});

/** Every tree is said to be one record larger: the first that is looked at shows it. */
const PLANTED: Planting = { checkpoint: ({ root, size }) => ({ root, size: size + 1 }) };

async function played(options: Partial<SeedRunOptions>): Promise<readonly [number, string]> {
  const texts: string[] = [];
  const run = new SeedRun(beginning, {
    from: 1,
    count: 1,
    world: "orders",
    commit: "abc",
    ledger: null,
    fixtures: folder,
    write: (text) => texts.push(text),
    ...options,
  });
  return [await run.play(), texts.join("")];
}

it("fails with a seed that fails: names it and the commit, keeps it, and says how to play it again", async () => {
  const [code, out] = await played({ play: { planting: PLANTED } });
  expect(code).toBe(1);
  expect(out).toContain("── seed 1 fails at abc ──");
  expect(out).toContain(`kept in ${join(folder, "seed-1.json")}:`);
  expect(out).toContain("   again: SEED=1 make sim\n");
  expect(out.trimEnd().split("\n").at(-1)).toMatch(/^1 seeds, 1 violations, /u);
  expect(readFixtures(folder).map(([name, { commit }]) => [name, commit])).toEqual([
    ["seed-1.json", "abc"],
  ]);
});

it("names the world of a seed that fails in another one, and keeps it under another name", async () => {
  const [code, out] = await played({ world: "projects", play: { planting: PLANTED } });
  expect(code).toBe(1);
  expect(out).toContain("   again: WORLD=projects SEED=1 make sim\n");
  expect(readFixtures(folder).map(([name]) => name)).toEqual([
    "projects-seed-1.json",
    "seed-1.json",
  ]);
});

it("fails where something of what must happen did not, and names it", async () => {
  const [code, out] = await played({ marksSeedsMin: 1 });
  const missing = out
    .split("\n")
    .flatMap((line) => /^never happened: (.*)$/u.exec(line)?.[1] ?? []);
  expect(missing.length).toBeGreaterThan(0);
  expect(missing.length).toBeLessThan(MUST_HAPPEN.orders.length);
  expect([code, MUST_HAPPEN.orders.filter((name) => missing.includes(name))]).toEqual([1, missing]);
  expect(out).toMatch(/^1 seeds, 0 violations, /mu);
});

it.each(WORLD_NAMES)("misses whatever is on the list of %s, each by itself", (world) => {
  const all = MUST_HAPPEN[world];
  expect(new Set(all).size).toBe(all.length);
  expect(missingMarks(new Marks(), world)).toEqual(all);
  for (const name of all) {
    const marks = new Marks();
    for (const other of all) if (other !== name) marks.add(other);
    expect(missingMarks(marks, world)).toEqual([name]);
  }
});
