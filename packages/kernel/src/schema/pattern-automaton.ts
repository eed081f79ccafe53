import { assert } from "../invariant.ts";
import { PATTERN_BUILD_MAX, PATTERN_TABLE_MAX } from "../limits.ts";
import type { Instruction } from "./pattern-program.ts";

/** What a text so far can have led to: `set` instructions to try next, and whether the pattern has matched. */
interface State {
  readonly sets: readonly number[];
  readonly isMatch: boolean;
  readonly isMatchAtEnd: boolean;
}

const ASCII_SIZE = 128;
/** Row of `#rows` that no character leaves, and that is no match: nothing can match any more. */
const DEAD = -1;

/**
 * A deterministic automaton for a program, or undefined where it would have too many states (subset construction,
 * which can double them with every step: `(a|b)*a(a|b){20}`). One look-up in a table per character.
 */
export function automatonOf(program: readonly Instruction[]): PatternAutomaton | undefined {
  const starts = classStarts(program);
  const automaton = new PatternAutomaton(program, starts);
  return automaton.build() ? automaton : undefined;
}

/** First code points of the classes that no set of the program tells apart inside; the first is 0. */
function classStarts(program: readonly Instruction[]): readonly number[] {
  const starts = new Set([0]);
  for (const instruction of program) {
    if (instruction.op !== "set") continue;
    for (const [first, last] of instruction.ranges) starts.add(first).add(last + 1);
  }
  return [...starts].sort((a, b) => a - b);
}

/** Owns the states found and the table of what follows each; nothing changes after `build`. */
export class PatternAutomaton {
  readonly #program: readonly Instruction[];
  readonly #starts: readonly number[];
  readonly #asciiClasses: Uint16Array;
  readonly #states: State[] = [];
  readonly #numbers = new Map<string, number>();
  /** State after state n and a character of class c, at n × classes + c. */
  readonly #rows: number[] = [];
  #matchesEmpty = false;
  /** Instructions looked at so far. */
  #looked = 0;

  constructor(program: readonly Instruction[], starts: readonly number[]) {
    this.#program = program;
    this.#starts = starts;
    this.#asciiClasses = Uint16Array.from({ length: ASCII_SIZE }, (_, point) =>
      this.#findClass(point),
    );
  }

  /** false: too large. */
  build(): boolean {
    this.#matchesEmpty = this.#follow([0], true, true).isMatch;
    this.#numberOf([0], true);
    const isAnchored = this.#program[0]?.op === "start";
    for (let number = 0; number < this.#states.length; number += 1) {
      const state = this.#states[number];
      assert(state !== undefined, "states are numbered as they are found");
      for (const point of this.#starts) {
        const next = state.sets
          .filter((index) => this.#has(index, point))
          .map((index) => index + 1);
        if (!isAnchored) next.push(0);
        this.#rows.push(next.length === 0 ? DEAD : this.#numberOf(next, false));
        if (this.#rows.length > PATTERN_TABLE_MAX || this.#looked > PATTERN_BUILD_MAX) return false;
      }
    }
    return true;
  }

  matches(text: string): boolean {
    if (text.length === 0) return this.#matchesEmpty;
    const classes = this.#starts.length;
    let number = 0;
    for (let at = 0; at < text.length; at += 1) {
      if (this.#states[number]?.isMatch === true) return true;
      let point = text.charCodeAt(at);
      if (point >= 0xd800) {
        point = text.codePointAt(at) ?? point;
        if (point > 0xffff) at += 1;
      }
      const group = point < ASCII_SIZE ? (this.#asciiClasses[point] ?? 0) : this.#findClass(point);
      number = this.#rows[number * classes + group] ?? DEAD;
      if (number === DEAD) return false;
    }
    return this.#states[number]?.isMatchAtEnd === true;
  }

  #findClass(point: number): number {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= point) low = middle;
      else high = middle;
    }
    return low;
  }

  #has(index: number, point: number): boolean {
    const instruction = this.#program[index];
    return instruction?.op === "set" && instruction.has(point);
  }

  #numberOf(from: readonly number[], atStart: boolean): number {
    const { sets, isMatch } = this.#follow(from, atStart, false);
    const isMatchAtEnd = this.#follow(from, atStart, true).isMatch;
    const name = `${sets.join()} ${isMatch} ${isMatchAtEnd}`;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#states.length;
    this.#states.push({ sets, isMatch, isMatchAtEnd });
    this.#numbers.set(name, number);
    return number;
  }

  /** All that can be come to from `from` without a character. */
  #follow(
    from: readonly number[],
    atStart: boolean,
    atEnd: boolean,
  ): { sets: number[]; isMatch: boolean } {
    const open = [...from];
    const seen = new Set<number>();
    const sets: number[] = [];
    let isMatch = false;
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (seen.has(index)) continue;
      seen.add(index);
      const instruction = this.#program[index];
      assert(instruction !== undefined, "a pattern's program ends in a match");
      if (instruction.op === "set") sets.push(index);
      else if (instruction.op === "split") open.push(...instruction.to);
      else if (instruction.op === "match") isMatch = true;
      else if (instruction.op === "start" ? atStart : atEnd) open.push(index + 1);
    }
    this.#looked += seen.size;
    return { sets: sets.sort((a, b) => a - b), isMatch };
  }
}
