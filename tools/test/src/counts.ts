import { stripVTControlCharacters } from "node:util";

/** How many checks of a part held and how many did not. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

const CLOSING_LINE = /^(\d+) passed, (\d+) failed$/;

/** Reads the closing line `N passed, M failed`; undefined where the last line that is not blank is another. */
export function readCounts(output: string): Counts | undefined {
  const last = stripVTControlCharacters(output).trimEnd().split("\n").at(-1) ?? "";
  const match = CLOSING_LINE.exec(last.trim());
  if (match === null) return undefined;
  return { passed: Number(match[1]), failed: Number(match[2]) };
}

export function printCounts(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed`;
}
