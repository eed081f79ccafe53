import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createKernel, type Kernel } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { hasher } from "../hasher.ts";
import { rememberCharts } from "./remember-charts.ts";
import { SHIPPED_CHARTS } from "./shipped-charts.ts";

const FLAG = readFileSync(join(SHIPPED_CHARTS, "flag.yaml"), "utf8");
const READER = `chart: reader
version: 1
context: { type: object, properties: {} }
initialContext: {}
reads: { flag: "'flag/' + self.id" }
creates: [Go]
initial: A
states:
  A: { on: { Go: { target: B, guards: [isOn] } } }
  B: {}
transitions:
  Go: { by: [operator], inputs: { type: object, properties: {} } }
guards:
  isOn: { when: 'reads.flag.context.variant == "on"', reason: "the flag is not on" }
`;

function counted(): { readonly kernel: Kernel; readonly loads: () => number } {
  const kernel = createKernel(hasher);
  let loads = 0;
  const counting: Kernel = {
    ...kernel,
    loadChartText: (text, others) => {
      loads += 1;
      return kernel.loadChartText(text, others);
    },
  };
  return { kernel: rememberCharts(counting), loads: () => loads };
}

describe("rememberCharts", () => {
  it("gives the chart that the kernel gives, and the very same the next time", () => {
    const { kernel, loads } = counted();
    const first = kernel.loadChartText(FLAG);
    expect(first.chart?.hash).toBe(createKernel(hasher).loadChartText(FLAG).chart?.hash);
    expect(kernel.loadChartText(FLAG)).toBe(first);
    expect(loads()).toBe(1);
  });

  it("makes a chart anew where another one that it reads has come or changed", () => {
    const { kernel, loads } = counted();
    const alone = kernel.loadChartText(READER);
    expect(alone.problems.map(({ code }) => code)).toContain("untyped_read");
    const flag = kernel.loadChartText(FLAG).chart?.normal;
    const otherCharts = (name: string) => (name === "flag" ? flag : undefined);
    const beside = kernel.loadChartText(READER, { otherCharts });
    expect(beside.problems.map(({ code }) => code)).not.toContain("untyped_read");
    expect(loads()).toBe(3);
    expect(kernel.loadChartText(READER, { otherCharts })).toBe(beside);
    expect(loads()).toBe(3);
  });

  it("forgets what was not asked for longest", () => {
    const { kernel, loads } = counted();
    kernel.loadChartText(FLAG);
    for (let number = 0; number < 64; number += 1) kernel.loadChartText(`chart: x${number}`);
    kernel.loadChartText("chart: x63");
    expect(loads()).toBe(65);
    kernel.loadChartText(FLAG);
    expect(loads()).toBe(66);
  });
});
