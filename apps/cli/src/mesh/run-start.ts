import {
  CONWAY,
  Grid,
  parseRule,
  readRle,
  sizeProblem,
  soup,
  type GridSize,
  type Rule,
} from "@swoosh/mesh";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { readText } from "../read-text.ts";

/** What a run begins with. */
export interface RunStartOptions {
  readonly rle?: string;
  readonly size: GridSize;
  readonly rule?: string;
  readonly seed: number;
  /** Live cells of the soup in a thousand. */
  readonly density: number;
}

/** Bytes of a pattern file: what the reader of RLE takes, each character one byte. */
const RLE_BYTES_MAX = 67_108_864;

export type RunStart =
  | { readonly grid: Grid; readonly rule: Rule }
  | { readonly problem: string; readonly code: ExitCode };

/** Cells and rule, or why there are none and how to exit. */
export function runStart({ rle, size, rule: wanted, seed, density }: RunStartOptions): RunStart {
  const wrongSize = sizeProblem(size);
  if (wrongSize !== undefined) return { problem: `--size: ${wrongSize}`, code: EXIT.usage };
  if (density > 1_000)
    return {
      problem: `--density: ${density} cells in a thousand; give 0 to 1000`,
      code: EXIT.usage,
    };
  const parsed = wanted === undefined ? undefined : parseRule(wanted);
  if (parsed !== undefined && "problem" in parsed)
    return { problem: `--rule: ${parsed.problem}`, code: EXIT.usage };
  if (rle === undefined) {
    const grid = soup(size, { seed, densityPerMille: density });
    return { grid, rule: parsed?.rule ?? CONWAY };
  }
  const read = readRle(readText(rle, RLE_BYTES_MAX));
  if ("problem" in read) {
    const { line, column, message } = read.problem;
    return { problem: `${rle}:${line}:${column}: ${message}`, code: EXIT.no };
  }
  const { cells } = read.pattern;
  if (cells.width > size.width || cells.height > size.height) {
    const problem = `${rle}: a pattern of ${cells.width}x${cells.height} cells does not fit on a torus of ${size.width}x${size.height}; give a larger --size`;
    return { problem, code: EXIT.no };
  }
  const grid = new Grid(size);
  grid.stamp(cells, {
    left: Math.floor((size.width - cells.width) / 2),
    top: Math.floor((size.height - cells.height) / 2),
  });
  return { grid, rule: parsed?.rule ?? read.pattern.rule ?? CONWAY };
}
