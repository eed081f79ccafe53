import { REFUSAL_CODES } from "@swoosh/kernel";
import { CODES, EDGE_CODES, type Problem, type WireCode } from "@swoosh/protocol";
import { describe, expect, it } from "vitest";
import { DEFAULT_RETRY, planRetry, type Outcome, type Tries } from "./retry.ts";

function refused(
  code: WireCode,
  more: Partial<Problem> = {},
  retryAfterMs: number | null = null,
): Outcome {
  const { status, title } = CODES[code];
  return {
    kind: "refused",
    problem: { code, detail: "", status, title, type: "", ...more },
    retryAfterMs,
  };
}

const tries = (failures: number, stales = 0, elapsedMs = 0): Tries => ({
  failures,
  stales,
  elapsedMs,
});
/** The longest pause that jitter can give. */
const most = (bound: number): number => bound - 1;
const least = (): number => 0;

describe("planRetry", () => {
  it("tries again exactly what time cures", () => {
    const again = [...REFUSAL_CODES, ...EDGE_CODES].filter(
      (code) => planRetry(refused(code), tries(1), DEFAULT_RETRY, least).kind === "again",
    );
    // A stale head is another matter: it is taken at once.
    expect(again).toEqual([
      "fenced",
      "not_leader",
      "overloaded",
      "rate_limited",
      "stale_state",
      "too_slow",
      "internal",
    ]);
    expect(planRetry({ kind: "lost" }, tries(1), DEFAULT_RETRY, least).kind).toBe("again");
  });

  it("doubles the pause up to a bound, with jitter over its whole length", () => {
    const pauses = (random: (bound: number) => number): readonly unknown[] =>
      [1, 2, 3, 8, 9].map((failures) =>
        planRetry({ kind: "lost" }, tries(failures), DEFAULT_RETRY, random),
      );
    expect(pauses(most)).toEqual(
      [100, 200, 400, 10_000, 10_000].map((afterMs) => ({ kind: "again", afterMs })),
    );
    expect(pauses(least)).toEqual([1, 1, 1, 1, 1].map((afterMs) => ({ kind: "again", afterMs })));
  });

  it("never comes back before the server wants it, whatever the code", () => {
    for (const random of [least, most]) {
      const plan = planRetry(refused("overloaded", {}, 5_000), tries(1), DEFAULT_RETRY, random);
      expect(plan).toMatchObject({ kind: "again" });
      if (plan.kind === "again") expect(plan.afterMs).toBeGreaterThanOrEqual(5_000);
    }
    expect(planRetry(refused("guard_failed", {}, 3_000), tries(1), DEFAULT_RETRY, least)).toEqual({
      kind: "again",
      afterMs: 3_000,
    });
  });

  it("waits for the beat that a refusal names, unless told not to", () => {
    const outcome = refused("guard_failed", { retry: { at_beat: 7 } });
    expect(planRetry(outcome, tries(1, 0, 20_000), DEFAULT_RETRY, least)).toEqual({
      kind: "at_beat",
      beat: 7,
      pollMs: 1_000,
      totalMs: 40_000,
    });
    const policy = { ...DEFAULT_RETRY, waitForBeat: false };
    expect(planRetry(outcome, tries(1), policy, least)).toEqual({ kind: "give_up" });
    expect(planRetry(outcome, tries(1, 0, 60_001), DEFAULT_RETRY, least)).toEqual({
      kind: "give_up",
    });
  });

  it("takes fresh heads at once, then with pauses, and not for ever", () => {
    const stale = refused("stale_state");
    const plan = (stales: number): unknown =>
      planRetry(stale, tries(0, stales), DEFAULT_RETRY, most);
    expect([1, 2, 3, 4, 32, 33].map(plan)).toEqual([
      { kind: "again", afterMs: 0 },
      { kind: "again", afterMs: 0 },
      { kind: "again", afterMs: 100 },
      { kind: "again", afterMs: 200 },
      { kind: "again", afterMs: 10_000 },
      { kind: "give_up" },
    ]);
  });

  it("gives up after so many tries, or so much time", () => {
    expect(planRetry({ kind: "lost" }, tries(9), DEFAULT_RETRY, least).kind).toBe("again");
    expect(planRetry({ kind: "lost" }, tries(10), DEFAULT_RETRY, least).kind).toBe("give_up");
    expect(planRetry({ kind: "lost" }, tries(1, 0, 60_000), DEFAULT_RETRY, most).kind).toBe(
      "give_up",
    );
    // A pause that would pass the time that there is, is not begun.
    expect(planRetry(refused("overloaded", {}, 61_000), tries(1), DEFAULT_RETRY, least).kind).toBe(
      "give_up",
    );
  });
});
