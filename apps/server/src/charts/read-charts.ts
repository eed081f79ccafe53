import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import {
  checkChart,
  type ChartProblem,
  type CompiledChart,
  type Kernel,
  type LoadedText,
  type NormalChart,
} from "@swoosh/kernel";
import { hasher } from "../hasher.ts";
import { ChartRefused } from "./chart-refused.ts";
import { SHIPPED_CHARTS } from "./shipped-charts.ts";
import { SHIPPED_HASHES } from "./shipped-hashes.ts";

interface ChartFile {
  readonly path: string;
  readonly text: string;
  /** Checked by our own tests: a server that starts need not spend seconds on it. */
  readonly isShipped: boolean;
}

/** Charts that are installed already, by name: for the types of reads, and because they need no second check. */
export type KnownCharts = (name: string) => CompiledChart | undefined;

/**
 * The charts of these folders (`*.yaml`), in an order in which each finds those that it reads: what a chart reads is typed
 * by what is installed before it, now and at every replay. Throws `ChartRefused` with every error of the first file that
 * has one; a server takes charts without errors only.
 */
export function readCharts(
  kernel: Kernel,
  folders: readonly string[],
  known: KnownCharts,
): readonly CompiledChart[] {
  const loaded = new Map<string, CompiledChart>();
  const lookUp: KnownCharts = (name) => loaded.get(name) ?? known(name);
  let waiting = folders.flatMap(filesOf);
  for (const chart of waiting.flatMap((file) => installedFrom(file, known) ?? []))
    loaded.set(chart.name, chart);
  waiting = waiting.filter((file) => installedFrom(file, known) === undefined);
  let takesAll = false;
  while (waiting.length > 0) {
    const postponed: ChartFile[] = [];
    for (const file of waiting) {
      const found = kernel.loadChartText(file.text, { otherCharts: normals(lookUp) });
      if (!takesAll && found.problems.some(({ code }) => code === "untyped_read")) {
        postponed.push(file);
        continue;
      }
      const chart = accepted(file, found, known);
      loaded.set(chart.name, chart);
    }
    // Where nothing moved, charts read one another in a circle, or what nobody has: those reads stay untyped.
    takesAll = postponed.length === waiting.length;
    waiting = postponed;
  }
  return [...loaded.values()];
}

function filesOf(folder: string): readonly ChartFile[] {
  const isShipped = folder === SHIPPED_CHARTS;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((name) => join(folder, name))
    .map((path) => ({ path, text: readFileSync(path, "utf8"), isShipped }));
}

/** The chart of a shipped file whose hash is known, where that very chart is installed: the file need not be read again, which takes a second for all of them. */
function installedFrom(file: ChartFile, known: KnownCharts): CompiledChart | undefined {
  const shipped = file.isShipped ? SHIPPED_HASHES[basename(file.path)] : undefined;
  if (shipped?.text !== textHash(file.text)) return undefined;
  const chart = known(basename(file.path, ".yaml"));
  return chart?.hash === shipped.chart ? chart : undefined;
}

/** Of a chart's file: `sha256-` and hex. */
export function textHash(text: string): string {
  return `sha256-${Buffer.from(hasher.sha256(hasher.utf8(text))).toString("hex")}`;
}

function accepted(file: ChartFile, found: LoadedText, known: KnownCharts): CompiledChart {
  const { chart, positions, problems } = found;
  if (chart === undefined) throw new ChartRefused(told(file, problems.filter(isError)));
  if (file.isShipped || known(chart.name)?.hash === chart.hash) return chart;
  const errors = checkChart(chart, positions).filter(isError);
  if (errors.length > 0) throw new ChartRefused(told(file, errors));
  return chart;
}

function normals(charts: KnownCharts): (name: string) => NormalChart | undefined {
  return (name) => charts(name)?.normal;
}

function isError({ severity }: ChartProblem): boolean {
  return severity === "error";
}

function told({ path }: ChartFile, errors: readonly ChartProblem[]): string {
  const lines = errors.map(
    ({ code, column, line, message }) =>
      `  ${path}:${line ?? 1}:${column ?? 1}: ${message} [${code}]`,
  );
  return `${path} cannot be installed; correct it (swoosh chart check shows more):\n${lines.join("\n")}`;
}
