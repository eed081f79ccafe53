import type { CompiledChart } from "@swoosh/kernel";
import { createServerKernel } from "../../node/create-server-kernel.ts";
import { readCharts } from "../read-charts.ts";
import { SHIPPED_CHARTS } from "../shipped-charts.ts";

const charts = readCharts(createServerKernel(), [SHIPPED_CHARTS], () => undefined);

/** A chart that comes with Swoosh; read once for every test file that looks at some. */
export function shipped(named: string): CompiledChart {
  const found = charts.find(({ name }) => name === named);
  if (found === undefined) throw new Error(`there is no ${named} chart`);
  return found;
}
