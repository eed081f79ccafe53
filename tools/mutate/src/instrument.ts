import type { Mutant } from "./mutant.ts";

/** A mutant with its number on the switchboard. */
export interface NumberedMutant extends Mutant {
  readonly number: number;
}

/**
 * A source text that holds all its mutants, each behind a switch, beside what it was. A mutant's own text is the
 * original one around the change; what lies inside the original is switched in turn.
 * @param mutants - of this text, in any order; their ranges nest or are apart
 */
export function instrument(text: string, mutants: readonly NumberedMutant[]): string {
  const sorted = mutants.toSorted(
    (a, b) => a.start - b.start || b.end - a.end || a.number - b.number,
  );
  // On the first line, so that all others keep their numbers.
  return `const swooshMutant = globalThis.swooshMutants.reached; ${render({ text, start: 0, end: text.length }, sorted)}`;
}

interface Span {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function render({ text, start, end }: Span, mutants: readonly NumberedMutant[]): string {
  let out = "";
  let at = start;
  for (let next = 0; next < mutants.length;) {
    const first = mutants[next];
    if (first === undefined) break;
    const rest = mutants.slice(next);
    const here = rest.filter((mutant) => mutant.start === first.start && mutant.end === first.end);
    const inside = rest.filter((mutant) => mutant.start < first.end && !here.includes(mutant));
    const original = render({ text, start: first.start, end: first.end }, inside);
    out += text.slice(at, first.start) + switched(here, original);
    at = first.end;
    next += here.length + inside.length;
  }
  return out + text.slice(at, end);
}

/** The places of statements and of expressions never are the same: a statement ends with a semicolon. */
function switched(here: readonly NumberedMutant[], original: string): string {
  const [first] = here;
  if (first === undefined) return original;
  if (first.place === "statement") {
    // In braces, so that an `else` after it stays with the `if` before it.
    return `{ if (swooshMutant(${first.number})) { ${first.mutated} } else { ${original} } }`;
  }
  const choices = here.map(({ number, mutated }) => `swooshMutant(${number}) ? (${mutated}) : `);
  const expression = `(${choices.join("")}(${original}))`;
  return first.place === "name" ? `[${expression}]` : expression;
}
