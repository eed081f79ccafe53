import type { Candidate, CompiledChart } from "../chart/compiled-chart.ts";
import { areOrthogonal, isBelow } from "../chart/domain.ts";
import { join, known, walkFormula, type Formula } from "./formula.ts";
import type { GuardFormulas } from "./guard-formula.ts";

/** Two candidates of one event that can both hold, so that their order decides. */
export interface Overlap {
  readonly first: Candidate;
  readonly second: Candidate;
}

/** Questions that are tried out, all 2^n ways; beyond, guards count as overlapping. */
const QUESTIONS_MAX = 12;

/** Candidates without guards are left out: last in a list they are its `else`, and before others they hide them. */
export function overlapsOf(chart: CompiledChart, formulas: GuardFormulas): readonly Overlap[] {
  const overlaps: Overlap[] = [];
  for (const state of chart.states) {
    for (const level of [state.always, ...state.on.values()]) {
      const guarded = level.filter(({ guards }) => guards.length > 0);
      for (const [place, first] of guarded.entries()) {
        for (const second of guarded.slice(place + 1)) {
          const both = join("all", [formulas.all(first.guards), formulas.all(second.guards)]);
          if (canHold(chart, first.source, both)) overlaps.push({ first, second });
        }
      }
    }
  }
  return overlaps;
}

function canHold(chart: CompiledChart, source: number, formula: Formula): boolean {
  const atoms = new Set<number>();
  const states = new Set<number>();
  walkFormula(formula, (leaf) => {
    if (leaf.kind === "atom") atoms.add(leaf.atom);
    if (leaf.kind === "active") states.add(leaf.state);
  });
  const questions = [...atoms, ...[...states].map((state) => -1 - state)];
  if (questions.length > QUESTIONS_MAX) return true;
  for (let answers = 0; answers < 1 << questions.length; answers += 1) {
    const yes = new Set(questions.filter((_, place) => ((answers >>> place) & 1) === 1));
    const active = [...yes].filter((question) => question < 0).map((question) => -1 - question);
    if (!canBeTogether(chart, [source, ...active])) continue;
    const given = {
      isActive: (state: number) => yes.has(-1 - state) || isAround(chart, source, state),
      assumed: (atom: number) => yes.has(atom),
    };
    if (known(formula, given) === true) return true;
  }
  return false;
}

function isAround(chart: CompiledChart, source: number, state: number): boolean {
  return state === source || isBelow(chart.states, source, state);
}

function canBeTogether(chart: CompiledChart, states: readonly number[]): boolean {
  return states.every((one, place) =>
    states
      .slice(place + 1)
      .every(
        (other) =>
          one === other ||
          isBelow(chart.states, one, other) ||
          isBelow(chart.states, other, one) ||
          areOrthogonal(chart.states, one, other),
      ),
  );
}
