import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nodeHasher } from "@swoosh/kernel/testing";
import { REPOSITORY } from "@swoosh/test";
import { describe, expect, it } from "vitest";
import { CHART_FILES } from "./chart-files.ts";
import { runWorkload, type Trace } from "./workload.ts";

const charts = CHART_FILES.map((file) => readFileSync(join(REPOSITORY, file), "utf8"));
const run = (seed: number, given: { shuffleKeys?: boolean; fromNormal?: boolean } = {}): Trace =>
  runWorkload(nodeHasher, {
    charts,
    records: 600,
    seed,
    shuffleKeys: false,
    fromNormal: false,
    ...given,
  });

describe("runWorkload", () => {
  it("gives one trace for one seed, whatever the order of keys, and another for another", () => {
    const trace = run(1);
    expect(run(1)).toEqual(trace);
    expect(run(1, { shuffleKeys: true })).toEqual(trace);
    expect(run(2).root).not.toBe(trace.root);
  });

  it("gives the same trace for charts that were read back from their normal forms", () => {
    expect(run(4, { fromNormal: true })).toEqual(run(4));
  });

  it("accepts and refuses in earnest", () => {
    const { records, refusals } = run(3);
    expect(records).toBe(600);
    expect(refusals).toBeGreaterThan(100);
  });

  it("notices one changed byte", () => {
    const other = charts.map((text) =>
      text.replace("the order is on hold", "the order is on hold!"),
    );
    const changed = runWorkload(nodeHasher, {
      charts: other,
      records: 600,
      seed: 1,
      shuffleKeys: false,
      fromNormal: false,
    });
    expect(changed.root).not.toBe(run(1).root);
  });
});
