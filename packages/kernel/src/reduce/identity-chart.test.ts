import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { loadChartText } from "../chart/load-chart-text.ts";
import { createNativeRegistry } from "../chart/native-registry.ts";
import { checkChart } from "../check/check-chart.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { kernelNatives } from "./kernel-natives.ts";

describe("charts/identity.yaml", () => {
  it("loads without a problem and checks clean", () => {
    const file = new URL("../../../../charts/identity.yaml", import.meta.url);
    const natives = createNativeRegistry(kernelNatives(nodeHasher));
    const loaded = loadChartText(readFileSync(file, "utf8"), { hasher: nodeHasher, natives });
    expect(loaded.problems).toEqual([]);
    const found = loaded.chart === undefined ? ["not loaded"] : checkChart(loaded.chart);
    expect(found).toEqual([]);
  });
});
