import { assert } from "../invariant.ts";
import { unreachable } from "../unreachable.ts";

/** A guard as the model check sees it: states are known, everything else is an atom that may be true or false. */
export type Formula =
  | { readonly kind: "constant"; readonly value: boolean }
  /** `In(…)` of the state with this index. */
  | { readonly kind: "active"; readonly state: number }
  | { readonly kind: "atom"; readonly atom: number }
  | { readonly kind: "not"; readonly of: Formula }
  | { readonly kind: "all" | "some"; readonly parts: readonly Formula[] };

export const TRUE: Formula = { kind: "constant", value: true };
export const FALSE: Formula = { kind: "constant", value: false };

/** What decides a formula: states for sure, atoms as far as they are assumed already. */
export interface Assumptions {
  isActive(state: number): boolean;
  /** undefined: free as yet. */
  assumed(atom: number): boolean | undefined;
}

export function not(of: Formula): Formula {
  if (of.kind === "constant") return of.value ? FALSE : TRUE;
  return of.kind === "not" ? of.of : { kind: "not", of };
}

/** Conjunction (`all`) or disjunction (`some`), flattened; a part that decides it alone is the whole. */
export function join(kind: "all" | "some", parts: readonly Formula[]): Formula {
  const absorbing = kind === "some";
  const kept: Formula[] = [];
  for (const part of parts) {
    if (part.kind === "constant") {
      if (part.value === absorbing) return part;
    } else if (part.kind === kind) kept.push(...part.parts);
    else kept.push(part);
  }
  const [only, ...others] = kept;
  if (only === undefined) return absorbing ? FALSE : TRUE;
  return others.length === 0 ? only : { kind, parts: kept };
}

/** The truth as far as it is known; undefined: it hangs on a free atom. */
export function known(formula: Formula, given: Assumptions): boolean | undefined {
  switch (formula.kind) {
    case "constant":
      return formula.value;
    case "active":
      return given.isActive(formula.state);
    case "atom":
      return given.assumed(formula.atom);
    case "not": {
      const value = known(formula.of, given);
      return value === undefined ? undefined : !value;
    }
    case "all":
    case "some": {
      const decides = formula.kind === "some";
      let isOpen = false;
      for (const part of formula.parts) {
        const value = known(part, given);
        if (value === decides) return decides;
        if (value === undefined) isOpen = true;
      }
      return isOpen ? undefined : !decides;
    }
    default:
      return unreachable(formula);
  }
}

/** An atom that the formula hangs on, and the value that would make the formula true sooner; there is one where `known` is undefined. */
export function openAtom(
  formula: Formula,
  given: Assumptions,
  wanted = true,
): { readonly atom: number; readonly wanted: boolean } {
  if (formula.kind === "atom") return { atom: formula.atom, wanted };
  if (formula.kind === "not") return openAtom(formula.of, given, !wanted);
  assert(formula.kind === "all" || formula.kind === "some", "a formula that is open has an atom");
  const open = formula.parts.find((part) => known(part, given) === undefined);
  assert(open !== undefined, "a formula that is open has a part that is");
  return openAtom(open, given, wanted);
}

/** Every atom and state of a formula, each time that it stands there. */
export function walkFormula(formula: Formula, visit: (leaf: Formula) => void): void {
  switch (formula.kind) {
    case "constant":
    case "active":
    case "atom":
      visit(formula);
      return;
    case "not":
      walkFormula(formula.of, visit);
      return;
    case "all":
    case "some":
      for (const part of formula.parts) walkFormula(part, visit);
      return;
    default:
      unreachable(formula);
  }
}
