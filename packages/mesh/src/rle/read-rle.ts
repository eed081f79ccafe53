import { Grid } from "../automaton/grid.ts";
import { SIDE_MAX } from "../automaton/limits.ts";
import { parseRule, type Rule } from "../automaton/rule.ts";
import { RLE_LENGTH_MAX } from "./limits.ts";

/** A pattern as a file has it. */
export interface RlePattern {
  readonly cells: Grid;
  /** Absent where the header names none: Conway's Life by custom. */
  readonly rule?: Rule;
  /** Lines that began with `#`, without it, in order. */
  readonly comments: readonly string[];
}

/** Where and why a text is no pattern; line and column begin at 1. */
export interface RleProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A pattern, or the line and what is wrong with it. */
export type ReadRle = { readonly pattern: RlePattern } | { readonly problem: RleProblem };

/**
 * Reads the run length encoded format of the Life community (`x = 3, y = 3, rule = B3/S23`, then `bo$2bo$3o!`), two states.
 * Everything is checked: unknown characters, runs beyond the header's size, a missing end. A `text` that is not in order
 * gives a `problem`, no exception.
 */
export function readRle(text: string): ReadRle {
  try {
    return { pattern: new RleReader(text).read() };
  } catch (error) {
    if (error instanceof RleMistake) return { problem: error.problem };
    throw error;
  }
}

/** Ends the reading at once; never leaves this file. */
class RleMistake extends Error {
  readonly problem: RleProblem;

  constructor(problem: RleProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

const HEADER =
  /^\s*x\s*=\s*(\d{1,9})\s*,\s*y\s*=\s*(\d{1,9})\s*(?:,\s*rule\s*=\s*([^\s].*?)\s*)?,?\s*$/i;

class RleReader {
  readonly #lines: readonly string[];
  readonly #comments: string[] = [];
  #line = 0;

  constructor(text: string) {
    if (text.length > RLE_LENGTH_MAX) {
      this.#lines = [];
      this.#fail(0, `the text has ${text.length} characters, ${RLE_LENGTH_MAX} are allowed`);
    }
    this.#lines = text.split(/\r\n|\n|\r/);
  }

  read(): RlePattern {
    this.#readComments();
    const { cells, rule } = this.#readHeader();
    this.#readBody(cells);
    return { cells, ...(rule === undefined ? {} : { rule }), comments: this.#comments };
  }

  #readComments(): void {
    for (; this.#line < this.#lines.length; this.#line += 1) {
      const line = this.#lines[this.#line] ?? "";
      if (/^#Life 1\.0[56]/.test(line)) {
        this.#fail(0, `this is a ${line.slice(1).trim()} file; save the pattern as RLE`);
      }
      if (line.startsWith("[M2]")) this.#fail(0, "this is a macrocell file; save it as RLE");
      if (line.startsWith("#")) this.#comments.push(line.slice(1));
      else if (line.trim() !== "") return;
    }
  }

  #readHeader(): { readonly cells: Grid; readonly rule?: Rule } {
    const line = this.#lines[this.#line];
    // All lines were comments or empty: the last one is where the header is missed.
    this.#line = Math.min(this.#line, this.#lines.length - 1);
    if (line === undefined)
      this.#fail(0, "the text ends before a header; RLE begins with x = 3, y = 3, rule = B3/S23");
    const found = HEADER.exec(line);
    if (found === null)
      this.#fail(0, `"${cut(line)}" is no header; RLE begins with x = 3, y = 3, rule = B3/S23`);
    const [width = 0, height = 0] = found.slice(1, 3).map(Number);
    for (const [side, name] of [[width, "x"] as const, [height, "y"] as const]) {
      if (side < 1 || side > SIDE_MAX) {
        const at = line.toLowerCase().indexOf(name);
        this.#fail(at, `${name} = ${side}; a pattern has 1 to ${SIDE_MAX} cells a side`);
      }
    }
    const cells = new Grid({ width, height });
    if (found[3] === undefined) return this.#headerEnds({ cells });
    const parsed = parseRule(found[3]);
    if ("problem" in parsed) this.#fail(line.lastIndexOf(found[3]), parsed.problem);
    return this.#headerEnds({ cells, rule: parsed.rule });
  }

  #headerEnds<T>(header: T): T {
    this.#line += 1;
    return header;
  }

  #readBody(cells: Grid): void {
    let x = 0;
    let y = 0;
    // A count may stand at the end of a line and its letter on the next one.
    let count = 0;
    for (; this.#line < this.#lines.length; this.#line += 1) {
      const line = this.#lines[this.#line] ?? "";
      if (line.startsWith("#")) {
        this.#comments.push(line.slice(1));
        continue;
      }
      for (let column = 0; column < line.length; column += 1) {
        const sign = line[column] ?? "";
        if (sign >= "0" && sign <= "9") {
          count = count * 10 + Number(sign);
          if (count > SIDE_MAX)
            this.#fail(
              column,
              `a run of ${count}; the pattern has at most ${SIDE_MAX} cells a side`,
            );
          if (count === 0) this.#fail(column, "a run of 0; leave it out");
          continue;
        }
        if (sign === " " || sign === "\t") continue;
        const run = Math.max(1, count);
        if (sign === "!") {
          if (count > 0) this.#fail(column, `a count of ${count} before the end`);
          return;
        }
        count = 0;
        if (sign === "$") {
          y += run;
          x = 0;
          continue;
        }
        this.#place(cells, { x, y, run, sign, column });
        x += run;
      }
    }
    this.#line -= 1;
    this.#fail(
      (this.#lines[this.#line] ?? "").length,
      "the text ends without !; is the file cut off?",
    );
  }

  #place(
    cells: Grid,
    at: {
      readonly x: number;
      readonly y: number;
      readonly run: number;
      readonly sign: string;
      readonly column: number;
    },
  ): void {
    const { x, y, run, sign, column } = at;
    if (sign !== "b" && sign !== "o") {
      const means = /[.A-Xp-y]/.test(sign) ? ", a state of a rule with more than two" : "";
      this.#fail(column, `"${sign}"${means}; here are only b (dead), o (alive), $, ! and counts`);
    }
    if (y >= cells.height)
      this.#fail(column, `row ${y + 1} of a pattern with y = ${cells.height}; correct the header`);
    if (x + run > cells.width) {
      const row = `row ${y + 1} reaches ${x + run} cells`;
      this.#fail(
        column,
        `${row} in a pattern with x = ${cells.width}; correct the header or the run`,
      );
    }
    if (sign === "o") for (let step = 0; step < run; step += 1) cells.set(x + step, y, true);
  }

  #fail(column: number, message: string): never {
    throw new RleMistake({ line: this.#line + 1, column: column + 1, message });
  }
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
