import { assert } from "../invariant.ts";
import { unreachable } from "../unreachable.ts";
import type { CodePointRanges } from "./code-point-set.ts";
import { membershipOf } from "./code-point-set.ts";
import type { PatternNode } from "./pattern-syntax.ts";

/** One step of a pattern's program. */
export type Instruction =
  | {
      readonly op: "set";
      readonly ranges: CodePointRanges;
      readonly has: (codePoint: number) => boolean;
    }
  | { readonly op: "start" | "end" | "match" }
  /** Goes on at every one of `to`. */
  | { readonly op: "split"; readonly to: readonly number[] };

/** The program of a pattern; its last instruction is the only `match`. `size` is what `sizeOfPattern` says. */
export function programOf(node: PatternNode, size: number): readonly Instruction[] {
  const program = new Program();
  program.emit(node);
  program.instructions.push({ op: "match" });
  assert(
    program.instructions.length === size,
    "the size of a pattern is known before it is written",
  );
  return program.instructions;
}

/** Instructions of a pattern, counted before they are written, so that counts in counts cost nothing. */
export function sizeOfPattern(node: PatternNode): number {
  return sizeOf(node) + 1;
}

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
    this.instructions.push({ op: "set", ranges, has });
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
