import { createDraws, seedOf } from "../seeded-draws.ts";
import type { Topology } from "./topology.ts";
import { KEY_DIMENSIONS, quantise, type VectorKey } from "./vector-key.ts";

/**
 * Public summaries with local order, made by the cells themselves: each begins with a random vector and takes, round by
 * round, the mean of itself and its neighbours (gossip, no coordinates). What is left is a smooth random field: the cosine
 * of two cells falls with their distance, over about √(4/3 · rounds) cells on a mesh with eight neighbours, until it drowns
 * in noise of 1/√768. One a cell of `topology`; seed and rounds are `given`.
 */
export function gossipedSummaries(
  topology: Topology,
  given: { readonly seed: number; readonly rounds: number },
): readonly VectorKey[] {
  const { cells, neighbours } = topology;
  let field: Float64Array[] = Array.from({ length: cells }, (_, cell) =>
    randomVector(seedOf(given.seed, cell)),
  );
  let next: Float64Array[] = field.map(() => new Float64Array(KEY_DIMENSIONS));
  for (let round = 0; round < given.rounds; round += 1) {
    for (let cell = 0; cell < cells; cell += 1)
      takeMean(next[cell], cell, neighbours[cell] ?? [], field);
    [field, next] = [next, field];
  }
  centre(field);
  return field.map(quantise);
}

function randomVector(seed: number): Float64Array {
  const draws = createDraws(seed);
  const vector = new Float64Array(KEY_DIMENSIONS);
  // The sum of four uniform draws is round enough for directions.
  for (let index = 0; index < KEY_DIMENSIONS; index += 1)
    vector[index] =
      draws.below(2_001) + draws.below(2_001) + draws.below(2_001) + draws.below(2_001) - 4_000;
  return vector;
}

/** Writes the mean of a cell and its neighbours into `target`. */
function takeMean(
  target: Float64Array | undefined,
  cell: number,
  beside: readonly number[],
  field: readonly Float64Array[],
): void {
  const own = field[cell];
  if (target === undefined || own === undefined) return;
  target.set(own);
  for (const neighbour of beside) {
    const other = field[neighbour] ?? own;
    for (let index = 0; index < KEY_DIMENSIONS; index += 1)
      target[index] = (target[index] ?? 0) + (other[index] ?? 0);
  }
  const share = 1 / (beside.length + 1);
  for (let index = 0; index < KEY_DIMENSIONS; index += 1)
    target[index] = (target[index] ?? 0) * share;
}

/**
 * Takes away what all cells have in common: it says nothing about where one is, and on a small mesh it is most of the
 * vector. In place: a mesh of 100×100 cells has 61 MB of them.
 */
function centre(field: readonly Float64Array[]): void {
  const common = new Float64Array(KEY_DIMENSIONS);
  for (const vector of field)
    for (let index = 0; index < KEY_DIMENSIONS; index += 1)
      common[index] = (common[index] ?? 0) + (vector[index] ?? 0) / field.length;
  for (const vector of field)
    for (let index = 0; index < KEY_DIMENSIONS; index += 1)
      vector[index] = (vector[index] ?? 0) - (common[index] ?? 0);
}
