/** The checks of a history, of those who follow it, of the fleet in the end, and what users say must hold of their own charts. */
export type CheckName =
  | "chain"
  | "durability"
  | "exactly once"
  | "fleet"
  | "followers"
  | "invariants"
  | "reads"
  | "real time"
  | "records"
  | "refusals"
  | "states"
  | "streams"
  | "unknowns";

/** What does not hold, in a sentence that names operation and record. */
export interface Finding {
  readonly check: CheckName;
  readonly claim: string;
}

/** Takes findings; of each check so many are kept that a person can read them. */
export class Findings {
  readonly all: Finding[] = [];
  readonly #counts = new Map<CheckName, number>();

  expect(holds: boolean, check: CheckName, claim: () => string): void {
    if (holds) return;
    const count = (this.#counts.get(check) ?? 0) + 1;
    this.#counts.set(check, count);
    if (count <= FINDINGS_MAX) this.all.push({ check, claim: claim() });
  }
}

/** Findings of one check that are kept. */
const FINDINGS_MAX = 20;
