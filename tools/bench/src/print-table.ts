import type { Measured } from "./measure.ts";

/** The figures as a table for people: name, time of one operation with its quartiles, rate, ratio to the first. */
export function printTable(title: string, measured: readonly Measured[]): string {
  const head = ["", "median", "p25 … p75", "per second", "ratio", "p25 … p75"];
  const rows = measured.map((one) => [
    one.name,
    printNs(one.median),
    `${printNs(one.p25)} … ${printNs(one.p75)}`,
    printRate(one.operationsPerSecond),
    `${one.ratio.median.toFixed(2)} ×`,
    `${one.ratio.p25.toFixed(2)} … ${one.ratio.p75.toFixed(2)}`,
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)),
  );
  const print = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("   ");
  return `${[title, print(head), ...rows.map(print)].join("\n")}\n`;
}

/** Three figures and a unit that a person can say aloud. */
function printNs(ns: number): string {
  if (ns < 1e3) return `${ns.toPrecision(3)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toPrecision(3)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toPrecision(3)} ms`;
  return `${(ns / 1e9).toPrecision(3)} s`;
}

function printRate(perSecond: number): string {
  return perSecond < 100 ? perSecond.toPrecision(3) : Math.round(perSecond).toLocaleString("en-GB");
}
