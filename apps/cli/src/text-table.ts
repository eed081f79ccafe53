import { columnsOf, plainText } from "./plain-text.ts";

/** Rows as columns that stand below one another; the last column is as wide as it is. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(plainText));
  const widths: number[] = [];
  for (const row of shown)
    for (const [place, cell] of row.entries())
      widths[place] = Math.max(widths[place] ?? 0, columnsOf(cell));
  return shown
    .map((row) => {
      const cells = row.map((cell, place) =>
        place === row.length - 1 ? cell : cell + " ".repeat((widths[place] ?? 0) - columnsOf(cell)),
      );
      return `${cells.join("  ").trimEnd()}\n`;
    })
    .join("");
}
