import { canonicalize, REFUSAL_CODES, type Refused } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { EDGE_CODES } from "./codes.ts";
import { edgeProblem, problemHeaders, problemOf } from "./problem.ts";
import { problemsOf } from "./test/validator-of.ts";

const HASH = `sha256-${"a".repeat(64)}` as const;

function refusal(code: Refused["code"]): Refused {
  return {
    kind: "refused",
    code,
    guard: code === "guard_failed" ? "paid" : null,
    reasons: ["the first reason", "the second"],
    outcomes: [{ guard: "paid", ok: false, reasons: ["nothing was paid"] }],
    head: { hash: HASH, hlc: "2026-01-01T00:00:00.000+00:00#0", index: 3 },
  };
}

describe("problems", () => {
  it("fit their schema, and are canonical JSON as they are, for every code", () => {
    for (const code of REFUSAL_CODES) {
      const problem = problemOf(refusal(code), {
        leader: "https://two.example",
        retry: { window: "backbeat:7", at_beat: 4, after_ms: 12 },
      });
      expect(problemsOf("Problem", problem)).toEqual([]);
      const text = JSON.stringify(problem);
      expect(text).toBe(canonicalize(JSON.parse(text)));
      expect(problem).toMatchObject({ code, detail: "the first reason; the second" });
    }
    for (const code of EDGE_CODES) {
      const problem = edgeProblem(code, "what happened", { after_ms: 1 });
      expect(problemsOf("Problem", problem)).toEqual([]);
      expect(JSON.stringify(problem)).toBe(canonicalize(JSON.parse(JSON.stringify(problem))));
    }
  });

  it("say all that the kernel said, and nothing that it did not", () => {
    const problem = problemOf(refusal("guard_failed"));
    expect(problem).toEqual({
      code: "guard_failed",
      detail: "the first reason; the second",
      guard: "paid",
      guard_outcomes: [{ guard: "paid", ok: false, reasons: ["nothing was paid"] }],
      head: { hash: HASH, hlc: "2026-01-01T00:00:00.000+00:00#0", index: 3 },
      reasons: ["the first reason", "the second"],
      status: 400,
      title: "A guard says no",
      type: "urn:swoosh:problem:guard_failed",
    });
  });

  it("have a detail also where nobody gave a reason, and bear an absent head", () => {
    const problem = problemOf({ ...refusal("fenced"), reasons: [], head: null });
    expect(problem.detail).toBe("The engine has stopped itself");
    expect(problem.head).toBeNull();
    expect(problemsOf("Problem", problem)).toEqual([]);
  });

  it("tell when to try again in whole seconds, at least one", () => {
    const after = (after_ms: number): string | undefined =>
      problemHeaders(problemOf(refusal("overloaded"), { retry: { after_ms } }))["retry-after"];
    expect([after(0), after(1), after(1_000), after(1_001)]).toEqual(["1", "1", "1", "2"]);
    // Every 503 says it, every other only where somebody knows.
    expect(problemHeaders(problemOf(refusal("fenced")))["retry-after"]).toBe("1");
    expect(problemHeaders(problemOf(refusal("stale_state")))).toEqual({
      "content-type": "application/problem+json",
    });
  });

  it("tell with 401 what to do about it", () => {
    expect(problemHeaders(edgeProblem("unauthenticated", ""))["www-authenticate"]).toBe(
      'Bearer realm="swoosh"',
    );
    expect(problemHeaders(problemOf(refusal("unsigned")))["www-authenticate"]).toBe(
      'Swoosh realm="swoosh"',
    );
  });
});
