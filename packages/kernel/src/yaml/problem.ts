import { YAML_PROBLEMS_MAX } from "../limits.ts";
import type { LineIndex, YamlPath } from "./positions.ts";

export interface YamlProblem {
  readonly message: string;
  /** Of the value that it concerns, as far as the file could be read; else []. */
  readonly path: YamlPath;
  /** 1-based; columns count UTF-16 units, a byte order mark does not count. */
  readonly line: number;
  readonly column: number;
}

/** A problem before its offset is turned into a position. */
export interface PlacedProblem {
  readonly offset: number;
  readonly path: YamlPath;
  readonly message: string;
}

/** The first `YAML_PROBLEMS_MAX` in order of position; the same message at the same place is told once. */
export function orderProblems(problems: readonly PlacedProblem[], lines: LineIndex): YamlProblem[] {
  const told = new Set<string>();
  const ordered: YamlProblem[] = [];
  for (const { offset, path, message } of [...problems].sort((a, b) => a.offset - b.offset)) {
    const name = `${offset} ${message}`;
    if (told.has(name)) continue;
    if (ordered.length === YAML_PROBLEMS_MAX) break;
    told.add(name);
    ordered.push({ message, path, ...lines.positionOf(offset) });
  }
  return ordered;
}
