import { PATTERN_SIZE_MAX } from "../limits.ts";
import { automatonOf } from "./pattern-automaton.ts";
import { programOf, sizeOfPattern } from "./pattern-program.ts";
import { PatternSimulation } from "./pattern-simulation.ts";
import { parsePattern, type PatternNode } from "./pattern-syntax.ts";

/** A pattern made ready. `size` instructions are looked at per character at most: matching is linear in the text. */
export interface Pattern {
  readonly size: number;
  /** Some part of the text matches (JSON Schema Validation §6.3.3: unanchored); by code points. */
  matches(text: string): boolean;
}

export type CompiledPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly problem: string };

/**
 * Compiles a pattern of the safe subset (`pattern-syntax.ts`); `problem` says what is not in it, or is too large.
 * Patterns with few states become a table with one look-up per character; the others are simulated.
 */
export function compilePattern(source: string): CompiledPattern {
  const parsed = parsePattern(source);
  if (!parsed.ok) return parsed;
  const size = sizeOfPattern(parsed.node);
  if (size > PATTERN_SIZE_MAX) {
    const problem = `the pattern has ${size} steps; at most ${PATTERN_SIZE_MAX}: count less`;
    return { ok: false, problem };
  }
  return { ok: true, pattern: { size, matches: lazyMachine(parsed.node, size) } };
}

/** Built when a text is first held against it: a chart has dozens of patterns, and a short command meets few of them. */
function lazyMachine(node: PatternNode, size: number): (text: string) => boolean {
  let machine: { matches(text: string): boolean } | undefined;
  return (text) => {
    if (machine === undefined) {
      const program = programOf(node, size);
      machine = automatonOf(program) ?? new PatternSimulation(program);
    }
    return machine.matches(text);
  };
}
