import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createNativeRegistry } from "../chart/native-registry.ts";
import { loadChartText } from "../chart/load-chart-text.ts";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import { createKernel } from "../reduce/kernel.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { createChartRun } from "./chart-run.ts";

const EXAMPLE = new URL("../../../../examples/order/", import.meta.url);

function read(name: string): string {
  return readFileSync(new URL(name, EXAMPLE), "utf8");
}

function exampleChart(): CompiledChart {
  const loaded = loadChartText(read("example-chart.yaml"), {
    hasher: nodeHasher,
    natives: createNativeRegistry([]),
  });
  if (loaded.chart === undefined) throw new Error(JSON.stringify(loaded.problems));
  return loaded.chart;
}

/** What `swoosh chart run` prints for a file of events. */
function play(events: string): readonly string[] {
  const run = createChartRun(createKernel(nodeHasher), exampleChart());
  const lines = [run.initialLine];
  for (const [place, text] of events.replace(/\n$/, "").split("\n").entries()) {
    const line = run.line(text, place + 1);
    if (line !== null) lines.push(line);
  }
  return lines;
}

describe("the order example plays as its transcript says", () => {
  it.each(["example", "give-up"])("%s", (name) => {
    const lines = play(read(`${name}-events.jsonl`));
    const transcript = read(`${name}-transcript.jsonl`).replace(/\n$/, "").split("\n");
    expect(lines).toEqual(transcript);
  });
});
