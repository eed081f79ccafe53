import { countBits } from "../automaton/grid.ts";
import { LEVEL_MAX, LEVEL_ONE } from "./limits.ts";
import { log2Fixed } from "./log2-fixed.ts";
import { CONWAY_WEIGHTS, NEIGHBOURHOODS } from "./neighbourhood.ts";

/** Weights of 0 to 4 wrong cells of nine at a flip probability of 1 / 200: (1 / 199)^d, made whole. */
const DISTANCE_WEIGHTS = [1_568_239_201, 7_880_599, 39_601, 199, 1] as const;
/** ln is 0.7 there: weaker evidence does not act. */
const EVIDENCE_MIN = 66_184;

/**
 * The row that undisturbed orbits give by themselves, from how often each neighbourhood was seen in them: is a cell with these
 * nine cells, some of them flipped, more likely to be one that the rule keeps alive or one that it lets die? Whole sums and
 * logarithms in fixed point, so that the order in which they were seen decides nothing.
 */
export function rowFromSeen(seen: ReadonlyMap<number, number>): Int8Array {
  return Int8Array.from({ length: NEIGHBOURHOODS }, (_, bits) => {
    let [alive, dead, nearest] = [0, 0, 9];
    for (const [known, count] of seen) {
      const distance = countBits(bits ^ known);
      nearest = Math.min(nearest, distance);
      const weight = count * (DISTANCE_WEIGHTS[distance] ?? 0);
      if ((CONWAY_WEIGHTS[known] ?? 0) > 0) alive += weight;
      else dead += weight;
    }
    if (nearest > 2) return 0;
    const evidence = log2Fixed(Math.max(1, alive)) - log2Fixed(Math.max(1, dead));
    return Math.abs(evidence) > EVIDENCE_MIN ? levelOf(bits, evidence) : 0;
  });
}

/**
 * The entry of the neighbourhood `bits` from evidence (log2 of the odds, in 65,536ths): 0 where Conway's rule says the
 * same, else against it, the stronger the more certain: 1 + min(2, ln(odds) / 3) times the rule's own weight.
 */
export function levelOf(bits: number, evidence: number): number {
  const weight = CONWAY_WEIGHTS[bits] ?? 0;
  if (evidence === 0 || Math.sign(evidence) === weight) return 0;
  const margin = Math.floor((Math.abs(evidence) * 1_848) / 65_536_000);
  return -weight * Math.min(LEVEL_MAX, LEVEL_ONE + margin);
}
