import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createBeginning } from "./beginning.ts";
import { optionsOf, readFixtures, writeFixture } from "./fixture.ts";
import { Ledger } from "./ledger.ts";
import { PLANTINGS } from "./plantings/plantings.ts";
import { runSeed } from "./run-seed.ts";
import { shrink } from "./shrink.ts";
import { loadSimCharts } from "./sim-charts.ts";

const folder = mkdtempSync(join(tmpdir(), "swoosh-sim-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Shows itself only after a loss of power at the right moment. */
const planted = PLANTINGS.find(({ name }) => name === "a failed sync is hidden");

it("makes a failing run small, and what it writes fails again in the same way", async () => {
  const beginning = await createBeginning(loadSimCharts());
  const plant = () => ({ ...(planted === undefined ? {} : { planting: planted.plant() }) });
  let failing = await runSeed(beginning, 1, plant());
  for (let seed = 2; failing.findings.length === 0; seed += 1)
    failing = await runSeed(beginning, seed, plant());
  // What is planted counts its calls: each run needs it anew.
  const options = {
    get planting() {
      return planted?.plant() ?? {};
    },
  };
  const shrunk = await shrink(beginning, failing, options);
  const played = shrunk.stepsMax - shrunk.skipped.filter((step) => step < shrunk.stepsMax).length;
  expect(played).toBeLessThan(failing.steps / 2);
  expect(shrunk.report.findings[0]?.check).toBe(failing.findings[0]?.check);
  writeFixture(shrunk, { commit: "abc", world: "orders" }, folder);
  const [[name, fixture] = ["", undefined]] = readFixtures(folder);
  expect([name, fixture?.cause, fixture?.commit]).toEqual([`seed-${failing.seed}.json`, "", "abc"]);
  if (fixture === undefined) return;
  const again = await runSeed(beginning, fixture.seed, { ...optionsOf(fixture), ...plant() });
  expect(again.story).toEqual(fixture.story);
  const sound = await runSeed(beginning, fixture.seed, optionsOf(fixture));
  expect(sound.findings).toEqual([]);
  const path = join(folder, name);
  const known = JSON.stringify({ ...fixture, cause: "what somebody found out" });
  writeFileSync(path, known);
  const beside = writeFixture(shrunk, { commit: "abd", world: "orders" }, folder);
  expect(beside).toBe(join(folder, `seed-${failing.seed}-again-2.json`));
  expect(readFileSync(path, "utf8")).toBe(known);
}, 300_000);

it("adds up what was played, and knows where to go on", () => {
  const ledger = new Ledger(join(folder, "ledger", "lines.jsonl"));
  expect(ledger.sum()).toEqual({ seeds: 0, violations: 0, simulatedYears: 0, next: 1 });
  const line = {
    commit: "a",
    seeds: 200,
    violations: 0,
    records: 9,
    simulatedMs: 3.15576e10,
    cpuMs: 1,
  };
  ledger.add({ ...line, from: 1 });
  ledger.add({ ...line, from: 101 });
  ledger.add({ ...line, commit: "b", from: 301, violations: 2 });
  expect(ledger.sum("a")).toEqual({ seeds: 300, violations: 0, simulatedYears: 2, next: 301 });
  expect(ledger.sum()).toEqual({ seeds: 500, violations: 2, simulatedYears: 3, next: 501 });
});
