import { describe, expect, it } from "vitest";
import { drawPlot } from "./draw-plot.ts";
import { EXPERIMENTS } from "./find-experiment.ts";
import { plotPoints } from "./plot-points.ts";
import { readSamples, writeSample } from "./read-samples.ts";
import { summariseExperiment } from "./summarise-experiment.ts";
import { writeReport, type ExperimentResult } from "./write-report.ts";

describe("the report", () => {
  it("says NOT-RUN of what has no samples", () => {
    const text = writeReport(EXPERIMENTS, []).get("report.md") ?? "";
    for (const experiment of EXPERIMENTS)
      expect(text).toContain(`| ${experiment.section} | NOT-RUN |`);
    expect(text).not.toContain("| pass |");
  });

  it("is the same of results that were read back from their file, where an arm lacks a metric too", () => {
    const experiment = EXPERIMENTS.find(({ id }) => id === "stability.ten-minutes");
    if (experiment === undefined) throw new Error("it is gone");
    const samples = experiment.arms.map(({ name }) => ({
      experiment: experiment.id,
      arm: name,
      seed: 1,
      group: "end",
      values: { errors: name === "ours" ? 0 : 1 },
    }));
    const given = { samples, notRun: [], size: "full", seeds: experiment.seeds } as const;
    const summary = summariseExperiment(experiment, "hash", given);
    const result: ExperimentResult = { summary, plots: [], samplesHash: "", machine: "" };
    const readBack: ExperimentResult = JSON.parse(JSON.stringify(result));
    const text = writeReport([experiment], [result]).get("report.md");
    expect(text).toContain("throws once: 1 (fails, as it must)");
    expect(writeReport([experiment], [readBack]).get("report.md")).toBe(text);
  });

  it("draws the same bytes for the same samples", () => {
    const experiment = EXPERIMENTS.find(({ id }) => id === "load.throughput");
    if (experiment === undefined) throw new Error("it is gone");
    const samples = [1, 2, 4].flatMap((shards) =>
      [1, 2].map((seed) => ({
        experiment: experiment.id,
        arm: "ours",
        seed,
        group: String(shards),
        values: { rate: shards * seed, share: 1 },
      })),
    );
    const [plot] = plotPoints(experiment, samples);
    if (plot === undefined) throw new Error("no plot");
    expect(plot.series[0]?.points).toEqual([
      [1, 1.5],
      [2, 3],
      [4, 6],
    ]);
    expect(drawPlot(plot)).toBe(drawPlot(plot));
    expect(drawPlot(plot)).toContain("<polyline");
  });
});

describe("raw samples", () => {
  const line = writeSample({ experiment: "a.b", arm: "x", seed: 1, group: "", values: { m: 1.5 } });

  it("come back as they were written", () => {
    const notRun = writeSample({ experiment: "a.b", arm: "y", seed: 2, notRun: "why" });
    expect(readSamples(line + notRun, "a.b")).toMatchObject({
      ok: true,
      samples: [{ values: { m: 1.5 } }],
      notRun: [{ notRun: "why" }],
    });
  });

  it.each([
    ["a cut line", line + line.slice(0, 20), 2, "cut"],
    ["no JSON", `${line}{\n`, 2, "not JSON"],
    ["another experiment", line.replace("a.b", "a.c"), 1, '"a.c"'],
    ["a text for a number", `${line}${line.replace("1.5", '"1.5"')}`, 2, "values.m is no number"],
    ["no seed", line.replace('"seed":1', '"seed":1.5'), 1, "seed is no integer"],
  ])("with %s are refused by line", (_, text, at, message) => {
    const read = readSamples(text, "a.b");
    expect(read).toMatchObject({ ok: false, line: at });
    expect(read.ok === false && read.problem).toContain(message);
  });
});
