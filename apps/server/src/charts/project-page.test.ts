import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { projectPage } from "./project-page.ts";
import { readCharts } from "./read-charts.ts";
import { SHIPPED_CHARTS } from "./shipped-charts.ts";

const PAGE = join(SHIPPED_CHARTS, "../docs/charts/project.md");

it("is what the chart says; SWOOSH_UPDATE=1 writes it anew", () => {
  const charts = readCharts(createServerKernel(), [SHIPPED_CHARTS], () => undefined);
  const chart = charts.find(({ name }) => name === "project");
  if (chart === undefined) throw new Error("there is no project chart");
  const page = projectPage(chart);
  if (process.env["SWOOSH_UPDATE"] === "1") {
    mkdirSync(join(PAGE, ".."), { recursive: true });
    writeFileSync(PAGE, page);
  }
  expect(readFileSync(PAGE, "utf8")).toBe(page);
});
