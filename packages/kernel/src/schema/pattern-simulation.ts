import { assert } from "../invariant.ts";
import type { Instruction } from "./pattern-program.ts";

/**
 * Thompson's simulation: all positions of the program that the text so far can have reached, one character at a time
 * (K. Thompson, "Regular Expression Search Algorithm", 1968). Nothing is tried twice, so nothing can blow up.
 * Owns the lists that it works with, so that a match allocates nothing; between two calls they mean nothing.
 */
export class PatternSimulation {
  readonly #program: readonly Instruction[];
  /** Last step that came to an instruction; a step has a number of its own. */
  readonly #seen: Uint32Array;
  readonly #open: number[] = [];
  #step = 0;
  #reached: number[] = [];
  #next: number[] = [];
  #isMatch = false;

  constructor(program: readonly Instruction[]) {
    this.#program = program;
    this.#seen = new Uint32Array(program.length);
  }

  matches(text: string): boolean {
    const isAnchored = this.#program[0]?.op === "start";
    this.#isMatch = false;
    this.#begin();
    this.#follow(0, true, text.length === 0);
    for (let at = 0; at < text.length && !this.#isMatch;) {
      const codePoint = text.codePointAt(at) ?? 0;
      at += codePoint > 0xffff ? 2 : 1;
      [this.#reached, this.#next] = [this.#next, this.#reached];
      this.#begin();
      for (const index of this.#reached) {
        const instruction = this.#program[index];
        if (instruction?.op === "set" && instruction.has(codePoint)) {
          this.#follow(index + 1, false, at >= text.length);
        }
      }
      if (!isAnchored) this.#follow(0, false, at >= text.length);
      else if (this.#next.length === 0) break;
    }
    return this.#isMatch;
  }

  /** Numbers of steps start again before they would no longer fit. */
  #begin(): void {
    if (this.#step === 0xffff_ffff) {
      this.#seen.fill(0);
      this.#step = 0;
    }
    this.#step += 1;
    this.#next.length = 0;
  }

  /** Adds to `#next` every `set` that can be come to from `from` without a character. */
  #follow(from: number, atStart: boolean, atEnd: boolean): void {
    const open = this.#open;
    open.push(from);
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (this.#seen[index] === this.#step) continue;
      this.#seen[index] = this.#step;
      const instruction = this.#program[index];
      assert(instruction !== undefined, "a pattern's program ends in a match");
      if (instruction.op === "set") this.#next.push(index);
      else if (instruction.op === "split") for (const to of instruction.to) open.push(to);
      else if (instruction.op === "match") this.#isMatch = true;
      else if (instruction.op === "start" ? atStart : atEnd) open.push(index + 1);
    }
  }
}
