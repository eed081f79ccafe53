/** Our own mistake: state that must never be. Caught by the engine alone, which fences itself. */
export class InvariantViolation extends Error {
  override readonly name = "InvariantViolation";
}

/** Asserts what must hold, also in production. `claim` cites the invariant where it has a number ("K5: …"). */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new InvariantViolation(claim);
}
