import type { Grid } from "../automaton/grid.ts";
import type { Rule } from "../automaton/rule.ts";
import { RLE_COLUMNS_MAX } from "./limits.ts";

/** The whole grid under `rule` as run length encoded text, lines of at most 70 columns; `readRle` gives the same grid again. */
export function writeRle(grid: Grid, rule: Rule): string {
  const lines = [`x = ${grid.width}, y = ${grid.height}, rule = ${rule.text}`];
  let line = "";
  const put = (token: string): void => {
    if (line.length + token.length > RLE_COLUMNS_MAX) {
      lines.push(line);
      line = "";
    }
    line += token;
  };
  let rowsDue = 0;
  for (let y = 0; y < grid.height; y += 1) {
    for (const { sign, length } of runsOf(grid, y)) {
      if (rowsDue > 0) put(run(rowsDue, "$"));
      rowsDue = 0;
      put(run(length, sign));
    }
    rowsDue += 1;
  }
  put("!");
  lines.push(line);
  return `${lines.join("\n")}\n`;
}

/** Runs of one row, without the dead cells at its end. */
function runsOf(
  grid: Grid,
  y: number,
): readonly { readonly sign: "b" | "o"; readonly length: number }[] {
  const runs: { readonly sign: "b" | "o"; readonly length: number }[] = [];
  let start = 0;
  for (let x = 1; x <= grid.width; x += 1) {
    const value = grid.get(start, y);
    if (x < grid.width && grid.get(x, y) === value) continue;
    if (x < grid.width || value === 1)
      runs.push({ sign: value === 1 ? "o" : "b", length: x - start });
    start = x;
  }
  return runs;
}

function run(length: number, sign: string): string {
  return length === 1 ? sign : `${length}${sign}`;
}
