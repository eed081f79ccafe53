/**
 * Where the switches of all mutants meet the tests. Mutated files ask `reached(n)` at the place of mutant n; the runner of
 * the tests says which mutant is on and counts. One for each thread, on `globalThis`, because the files under test, the
 * runner and the thread's own code are loaded by different loaders.
 */
export interface Switchboard {
  /**
   * @param mutant - number of the mutant whose place is reached
   * @returns whether that mutant is on
   * @throws Error where the mutant that is on was reached more often than allowed
   */
  readonly reached: (mutant: number) => boolean;
  /** How often each place was reached since `clear`, by number. */
  readonly hits: Uint32Array;
  clear(): void;
  /** @param hitsMax - from so many hits on every further one throws: a loop that does not end by itself */
  switchOn(mutant: number, hitsMax: number): void;
  switchOff(): { readonly hits: number; readonly isTooLong: boolean };
}

declare global {
  var swooshMutants: Switchboard | undefined;
}

/** No mutant has this number. */
const NONE = -1;

/** Numbers of mutants end before this. */
export const MUTANTS_MAX = 65_536;

export function createSwitchboard(): Switchboard {
  const hits = new Uint32Array(MUTANTS_MAX);
  let active = NONE;
  let allowed = 0;
  let activeHits = 0;
  return {
    hits,
    reached(mutant) {
      hits[mutant] = (hits[mutant] ?? 0) + 1;
      if (mutant !== active) return false;
      activeHits += 1;
      if (activeHits > allowed) throw new Error(`mutant ${mutant} runs too long`);
      return true;
    },
    clear: () => void hits.fill(0),
    switchOn(mutant, hitsMax) {
      active = mutant;
      allowed = hitsMax;
      activeHits = 0;
    },
    switchOff() {
      active = NONE;
      return { hits: activeHits, isTooLong: activeHits > allowed };
    },
  };
}

/** The one of this thread. */
export function switchboard(): Switchboard {
  const board = globalThis.swooshMutants;
  if (board === undefined)
    throw new Error("no switchboard: this runs outside of the thread that tries mutants");
  return board;
}
