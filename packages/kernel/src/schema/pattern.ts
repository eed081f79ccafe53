import { assert } from "../invariant.ts";
import { PATTERN_SIZE_MAX } from "../limits.ts";
import { unreachable } from "../unreachable.ts";
import type { CodePointRanges } from "./code-point-set.ts";
import { membershipOf } from "./code-point-set.ts";
import type { PatternNode } from "./pattern-syntax.ts";
import { parsePattern } from "./pattern-syntax.ts";

/** A pattern made ready. `size` instructions are looked at per character at most: matching is linear in the text. */
export interface Pattern {
  readonly size: number;
  /** Some part of the text matches (JSON Schema Validation §6.3.3: unanchored); by code points. */
  matches(text: string): boolean;
}

export type CompiledPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly problem: string };

type Instruction =
  | { readonly op: "set"; readonly has: (codePoint: number) => boolean }
  | { readonly op: "start" | "end" | "match" }
  /** Goes on at every one of `to`. */
  | { readonly op: "split"; readonly to: readonly number[] };

/** Compiles a pattern of the safe subset (`pattern-syntax.ts`); `problem` says what is not in it, or is too large. */
export function compilePattern(source: string): CompiledPattern {
  const parsed = parsePattern(source);
  if (!parsed.ok) return parsed;
  const size = sizeOf(parsed.node) + 1;
  if (size > PATTERN_SIZE_MAX) {
    return {
      ok: false,
      problem: `the pattern has ${size} steps; at most ${PATTERN_SIZE_MAX}: count less`,
    };
  }
  const program = new Program();
  program.emit(parsed.node);
  const { instructions } = program;
  instructions.push({ op: "match" });
  assert(instructions.length === size, "the size of a pattern is known before it is written");
  return { ok: true, pattern: { size, matches: (text) => simulate(instructions, text) } };
}

/** Instructions that `emit` writes for a node. Counted before writing, so that counts in counts cost nothing. */
function sizeOf(node: PatternNode): number {
  switch (node.kind) {
    case "set":
    case "start":
    case "end":
      return 1;
    case "sequence":
      return node.parts.reduce((sum, part) => sum + sizeOf(part), 0);
    case "choice":
      return node.options.reduce((sum, option) => sum + sizeOf(option) + 1, 0);
    case "repeat": {
      const body = sizeOf(node.body);
      if (node.max === null) return body * node.min + body + 2;
      return body * node.min + (body + 1) * (node.max - node.min);
    }
    default:
      return unreachable(node);
  }
}

/** Owns the instructions of one pattern while they are written; copies of a repeated set share its test. */
class Program {
  readonly instructions: Instruction[] = [];
  readonly #tests = new Map<PatternNode, (codePoint: number) => boolean>();

  emit(node: PatternNode): void {
    switch (node.kind) {
      case "set":
        this.#emitSet(node, node.ranges);
        return;
      case "start":
      case "end":
        this.instructions.push({ op: node.kind });
        return;
      case "sequence":
        for (const part of node.parts) this.emit(part);
        return;
      case "choice":
        this.#emitChoice(node.options);
        return;
      case "repeat":
        this.#emitRepeat(node.body, node.min, node.max);
        return;
      default:
        unreachable(node);
    }
  }

  #emitSet(node: PatternNode, ranges: CodePointRanges): void {
    const has = this.#tests.get(node) ?? membershipOf(ranges);
    this.#tests.set(node, has);
    this.instructions.push({ op: "set", has });
  }

  /** A split to each option's start; each option but the last ends in a jump behind the choice. */
  #emitChoice(options: readonly PatternNode[]): void {
    const starts: number[] = [];
    const end =
      this.instructions.length + options.reduce((sum, option) => sum + sizeOf(option) + 1, 0);
    this.instructions.push({ op: "split", to: starts });
    for (const [index, option] of options.entries()) {
      starts.push(this.instructions.length);
      this.emit(option);
      if (index < options.length - 1) this.instructions.push({ op: "split", to: [end] });
    }
    assert(this.instructions.length === end, "every option of a choice ends behind it");
  }

  #emitRepeat(body: PatternNode, min: number, max: number | null): void {
    for (let count = 0; count < min; count += 1) this.emit(body);
    const start = this.instructions.length;
    const size = sizeOf(body);
    if (max === null) {
      this.instructions.push({ op: "split", to: [start + 1, start + size + 2] });
      this.emit(body);
      this.instructions.push({ op: "split", to: [start] });
      return;
    }
    const end = start + (size + 1) * (max - min);
    for (let count = min; count < max; count += 1) {
      this.instructions.push({ op: "split", to: [this.instructions.length + 1, end] });
      this.emit(body);
    }
  }
}

/**
 * Thompson's simulation: all positions of the program that the text so far can have reached, one character at a time
 * (K. Thompson, "Regular Expression Search Algorithm", 1968). Nothing is tried twice, so nothing can blow up.
 */
function simulate(program: readonly Instruction[], text: string): boolean {
  const isAnchored = program[0]?.op === "start";
  let reached: number[] = [];
  let isMatch = follow(program, 0, { atStart: true, atEnd: text.length === 0 }, reached, new Set());
  for (let at = 0; at < text.length && !isMatch;) {
    const codePoint = text.codePointAt(at) ?? 0;
    at += codePoint > 0xffff ? 2 : 1;
    const place = { atStart: false, atEnd: at >= text.length };
    const next: number[] = [];
    const seen = new Set<number>();
    for (const index of reached) {
      const instruction = program[index];
      if (instruction?.op === "set" && instruction.has(codePoint)) {
        isMatch = follow(program, index + 1, place, next, seen) || isMatch;
      }
    }
    if (!isAnchored) isMatch = follow(program, 0, place, next, seen) || isMatch;
    else if (next.length === 0) return isMatch;
    reached = next;
  }
  return isMatch;
}

/** Adds to `reached` every `set` that can be come to from `from` without a character; true: the end can. */
function follow(
  program: readonly Instruction[],
  from: number,
  place: { readonly atStart: boolean; readonly atEnd: boolean },
  reached: number[],
  seen: Set<number>,
): boolean {
  const open = [from];
  let isMatch = false;
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (seen.has(index)) continue;
    seen.add(index);
    const instruction = program[index];
    assert(instruction !== undefined, "a pattern's program ends in a match");
    if (instruction.op === "set") reached.push(index);
    else if (instruction.op === "split") open.push(...instruction.to);
    else if (instruction.op === "match") isMatch = true;
    else if (instruction.op === "start" ? place.atStart : place.atEnd) open.push(index + 1);
  }
  return isMatch;
}
