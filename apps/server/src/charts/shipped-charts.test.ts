import { readdirSync } from "node:fs";
import { checkChart } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { readCharts } from "./read-charts.ts";
import { SHIPPED_CHARTS } from "./shipped-charts.ts";

describe("the shipped charts", () => {
  it("check clean, each beside what it reads: a server that starts trusts them", () => {
    const charts = readCharts(createServerKernel(), [SHIPPED_CHARTS], () => undefined);
    expect(charts.length).toBe(readdirSync(SHIPPED_CHARTS).length);
    const found = charts.flatMap((chart) =>
      checkChart(chart)
        .filter(({ severity }) => severity !== "note")
        .map(({ code, message }) => `${chart.name}: ${message} [${code}]`),
    );
    expect(found).toEqual([]);
  });
});
