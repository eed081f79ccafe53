import { createKernel } from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";
import { describe, expect, it } from "vitest";
import { simulateCharts, type ChartSimulation } from "./simulate-charts.ts";
import { storyPage } from "./story-page.ts";

const STOCK = `
chart: stock
version: 1
context: { type: object, required: [left, sold], properties: { left: { type: integer, minimum: -100, maximum: 100 }, sold: { type: integer, minimum: 0, maximum: 100 } } }
initialContext: { left: 3, sold: 0 }
initial: OPEN
states:
  OPEN:
    on:
      Stock_Sell: { guards: [enough], actions: [ { assign: { left: "context.left - inputs.n", sold: "context.sold + inputs.n" } } ] }
      Stock_Close: { target: CLOSED }
  CLOSED: { type: final }
transitions:
  Stock_Sell: { by: [client], inputs: { type: object, required: [n], properties: { n: { type: integer, minimum: 1, maximum: 3 } } } }
  Stock_Close: { by: [controller] }
guards:
  enough: { when: "GUARD", reason: "there is not enough" }
`;

const kernel = createKernel(nodeHasher);

function simulation(guard: string, given: Partial<ChartSimulation> = {}): ChartSimulation {
  const { chart, problems } = kernel.loadChartText(STOCK.replace("GUARD", guard));
  if (chart === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return {
    kernel,
    charts: [chart],
    invariants: ["context.left >= 0", "context.left + context.sold == 3"],
    script: [],
    from: 1,
    seeds: 12,
    onSeed: () => {},
    ...given,
  };
}

describe("users' charts in the simulator", () => {
  it("hold what they promise, and are played", async () => {
    const played = await simulateCharts(simulation("context.left >= inputs.n"));
    if (!("seeds" in played)) throw new Error(played.problem);
    expect([played.seeds, played.failed]).toEqual([12, null]);
    expect(played.accepted.get("stock Stock_Sell")).toBeGreaterThan(3);
    expect(played.accepted.get("stock Stock_Close")).toBeGreaterThan(0);
  });

  it("break an invariant, and the shortest way there is told in text and on a page", async () => {
    const played = await simulateCharts(simulation("context.left > 0"));
    if (!("seeds" in played)) throw new Error(played.problem);
    const { report } = played.failed ?? {};
    const [finding] = report?.findings ?? [];
    expect(finding?.check).toBe("invariants");
    expect(finding?.claim).toMatch(
      /^context\.left >= 0 is false for stock\/s\d after record \d+, Stock_Sell: OPEN \{"left":-[12]/u,
    );
    if (report === undefined) return;
    expect(report.story.filter((line) => /hears \d+$/u.test(line)).length).toBeLessThan(8);
    const page = storyPage(report, { title: "<stock>", again: "swoosh sim" });
    expect(page).toContain("<h1>&lt;stock&gt;</h1>");
    expect(page).toContain("context.left &gt;= 0 is false");
    expect(page).not.toContain("<script");
  });

  it("follow a script, whatever happens to its messages", async () => {
    const script = [
      { instance: "stock/a", transition: "Stock_Sell", inputs: { n: 2 }, by: "carol" },
      { instance: "stock/a", transition: "Stock_Close", by: "carol" },
    ];
    const played = await simulateCharts(simulation("true", { script, seeds: 1, invariants: [] }));
    if (!("seeds" in played)) throw new Error(played.problem);
    const wished = played.last?.story.filter((line) => / \d+: Stock/u.test(line)) ?? [];
    expect(
      wished.slice(0, 2).map((line) => line.replace(/^.*: (Stock_\w+ of [^:]+):.*$/u, "$1")),
    ).toEqual(["Stock_Sell of stock/a", "Stock_Close of stock/a"]);
  });

  it("say what is wrong with an invariant", async () => {
    const bad = await simulateCharts(simulation("true", { invariants: ["context.gone > 0"] }));
    expect(bad).toMatchObject({ source: "context.gone > 0" });
    expect("problem" in bad && bad.problem).toMatch(/gone/u);
  });
});
