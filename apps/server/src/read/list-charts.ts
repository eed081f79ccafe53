import { normalJson, toMermaid, type CompiledChart, type Json } from "@swoosh/kernel";
import type { ChartSummary, Page } from "@swoosh/protocol";
import type { ReadSource } from "./read-source.ts";
import { given, refused, type Reading } from "./reading.ts";

/** A chart with its normal form, whose hash it has, and a diagram. */
export interface ChartAnswer extends ChartSummary {
  readonly mermaid: string;
  readonly normal: Json;
}

/** Installed charts by name, each in its current version. */
export function currentCharts(source: ReadSource): readonly CompiledChart[] {
  const names = new Set(Array.from(source.charts(), ({ name }) => name));
  return [...names]
    .toSorted((one, other) => (one < other ? -1 : 1))
    .flatMap((name) => source.state.chart(name) ?? []);
}

/** A page of charts by name. */
export function listCharts(
  source: ReadSource,
  query: { readonly after: string | undefined; readonly limit: number },
): Reading<Page<ChartSummary>> {
  const { after = "", limit } = query;
  const behind = currentCharts(source).filter(({ name }) => name > after);
  const page = behind.slice(0, limit);
  return given({
    items: page.map(summaryOf),
    next: behind.length > page.length ? (page.at(-1)?.name ?? null) : null,
  });
}

/** One chart: its current version by name, or any installed version by hash. */
export function readChart(source: ReadSource, named: string): Reading<ChartAnswer> {
  const chart = source.state.chart(named) ?? byHash(source, named);
  if (chart === undefined) return refused("not_found", `no chart ${named} is installed here`);
  return given({
    ...summaryOf(chart),
    mermaid: toMermaid(chart.normal),
    normal: normalJson(chart.normal),
  });
}

function byHash(source: ReadSource, hash: string): CompiledChart | undefined {
  for (const chart of source.charts()) if (chart.hash === hash) return chart;
  return undefined;
}

function summaryOf({ hash, name, version }: CompiledChart): ChartSummary {
  return { chart: name, hash, version };
}
