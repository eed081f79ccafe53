import { CHART_BYTES_MAX, type LoadedText, type NormalChart } from "@swoosh/kernel";
import type { ConsolePort } from "./console-port.ts";
import { formatProblems, summarize } from "./format-problems.ts";
import { kernel } from "./kernel.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { readText } from "./read-text.ts";

/** A chart as read from a file: the text (for excerpts), and what the kernel made of it. */
export interface ChartFile extends LoadedText {
  readonly file: string;
  readonly text: string;
}

/** Charts of one call know each other: reads and joins between them are typed, in any order of the files. */
export function loadChartFiles(files: readonly string[]): readonly ChartFile[] {
  const texts = files.map((file) => ({ file, text: readText(file, CHART_BYTES_MAX) }));
  const known = new Map<string, NormalChart>();
  if (files.length > 1) {
    for (const { text } of texts) {
      const { normal } = kernel.loadChartText(text);
      if (normal !== undefined) known.set(normal.chart, normal);
    }
  }
  return texts.map(({ file, text }) => ({
    ...kernel.loadChartText(text, { otherCharts: (name) => known.get(name) }),
    file,
    text,
  }));
}

/** The one chart of a file that loads, or undefined after its problems were printed. */
export function mustLoad(port: ConsolePort, file: string): ChartFile | undefined {
  const [loaded] = loadChartFiles([file]);
  if (loaded === undefined || loaded.chart !== undefined) return loaded;
  const paint = createPaint(port.colour.err);
  port.err(formatProblems(file, loaded.text, loaded.problems, paint));
  port.err(`${plainText(file)}: ${summarize(loaded.problems)}\n`);
  return undefined;
}
