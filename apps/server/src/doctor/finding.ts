/** `ok`: nothing to do. `warn`: it works, and somebody should look. `bad`: it does not work, or will not. */
export type Verdict = "ok" | "warn" | "bad";

/** One thing that was looked at. */
export interface Finding {
  /** What was looked at: `keys`, `journal`, … */
  readonly check: string;
  readonly verdict: Verdict;
  /** What is so, with its value. */
  readonly says: string;
  /** What to do; null where nothing is. */
  readonly next: string | null;
  /** Durable bytes are not what they were: the process says so by its exit code. */
  readonly isDamage: boolean;
}

/** The findings of one check. */
export interface Teller {
  ok(says: string): Finding;
  warn(says: string, next: string): Finding;
  bad(says: string, next: string): Finding;
  damage(says: string, next: string): Finding;
}

export function tellerOf(check: string): Teller {
  return {
    ok: (says) => ({ check, verdict: "ok", says, next: null, isDamage: false }),
    warn: (says, next) => ({ check, verdict: "warn", says, next, isDamage: false }),
    bad: (says, next) => ({ check, verdict: "bad", says, next, isDamage: false }),
    damage: (says, next) => ({ check, verdict: "bad", says, next, isDamage: true }),
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
