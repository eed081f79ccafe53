import { describe, expect, it } from "vitest";
import { REFUSAL_CODES } from "../refusal.ts";
import { fuzzReduce } from "./reduce.fuzz.ts";

const SOAK = Number(process.env["SWOOSH_SOAK"] ?? "0");
/** A mutant that the generator can find dies early; the others have tests of their own. */
const IS_MUTANT = process.env["SWOOSH_MUTATION"] === "1";
const RUNS = IS_MUTANT ? 3_000 : SOAK > 0 ? 1_000_000 : 20_000;

describe("reduce is total", () => {
  it(`throws on nothing in ${RUNS} structure-aware inputs, and replays all that it accepts`, () => {
    const report = fuzzReduce(RUNS, 20_261_121);
    expect(report.accepted).toBeGreaterThan(RUNS / 20);
    if (IS_MUTANT) return;
    expect(report.duplicates).toBeGreaterThan(0);
    // Rare ones need longer runs; those that the generator aims at must all have been met.
    const met = REFUSAL_CODES.filter((code) => report.refused.has(code));
    expect(met).toEqual(
      expect.arrayContaining([
        ...["malformed", "unknown_signer", "idem_conflict", "unknown_chart", "unknown_instance"],
        ...[
          "unknown_transition",
          "stale_state",
          "clock_behind",
          "clock_ahead",
          "forbidden",
          "ended",
        ],
        ...["not_enabled", "effect_closed", "inputs_invalid", "guard_failed", "chart_failed"],
        "join_refused",
      ]),
    );
  });
});
