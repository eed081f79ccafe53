import { describe, expect, it } from "vitest";
import { CHART_BYTES_MAX } from "../limits.ts";
import { threadTimeMs } from "../testing/cpu-time.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { loadChartText } from "./load-chart-text.ts";
import { createNativeRegistry } from "./native-registry.ts";
import { rowChart } from "./test/row-chart.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
const LOADS = 12;

/** Reading, structure, schemas, expressions, uses and compilation: all that a caller waits for, by code that has run before. */
describe("a legal chart of nearly the largest size", () => {
  it.runIf(isSoak)("loads whole within 1 ms a KiB", () => {
    const text = rowChart(CHART_BYTES_MAX - 1_024);
    const natives = createNativeRegistry([]);
    const times = Array.from({ length: LOADS }, () =>
      threadTimeMs(() => {
        const { chart } = loadChartText(text, { hasher: nodeHasher, natives });
        expect(chart?.name).toBe("row");
      }),
    );
    expect(text.length).toBeGreaterThan(CHART_BYTES_MAX * 0.98);
    expect(Math.min(...times)).toBeLessThan(text.length / 1_024);
  });
});
