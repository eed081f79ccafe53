import type { Position, Positions } from "../yaml/positions.ts";
import { Hints } from "./did-you-mean.ts";
import type { ChartProblem } from "./normal-chart.ts";

/** Keys and indexes from the root of the chart's value. */
export type Path = readonly (string | number)[];

/** Where a message points: at the value of the path, at the key that ends it, or into the text that stands there. */
export type Spot = "value" | "key" | { readonly offset: number };

/** Collects what is wrong with a chart; nothing stops at the first problem. The same thing is said once. */
export class ProblemList {
  readonly hints = new Hints();
  readonly #positions: Positions | undefined;
  readonly #problems = new Map<string, ChartProblem>();

  constructor(positions: Positions | undefined) {
    this.#positions = positions;
  }

  error(code: string, path: Path, message: string, spot: Spot = "value"): void {
    this.#add("error", code, path, message, spot);
  }

  note(code: string, path: Path, message: string): void {
    this.#add("note", code, path, message, "value");
  }

  get hasErrors(): boolean {
    return [...this.#problems.values()].some((problem) => problem.severity === "error");
  }

  /** In order of the file; without positions in order of finding. */
  sorted(): readonly ChartProblem[] {
    return [...this.#problems.values()].sort(
      (one, other) =>
        (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0),
    );
  }

  #add(
    severity: ChartProblem["severity"],
    code: string,
    path: Path,
    message: string,
    spot: Spot,
  ): void {
    const key = JSON.stringify([code, path, message]);
    if (this.#problems.has(key)) return;
    const position = this.#position(path, spot);
    const { line, column } = position ?? { line: null, column: null };
    this.#problems.set(key, { severity, code, message, path, line, column });
  }

  #position(path: Path, spot: Spot): Position | undefined {
    if (spot === "value") return this.#positions?.value(path);
    if (spot === "key") return this.#positions?.key(path);
    return this.#positions?.within(path, spot.offset);
  }
}
