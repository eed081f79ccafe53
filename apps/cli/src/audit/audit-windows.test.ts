import type { JsonObject, LogRecord } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { WindowAudit, windowRulesOf } from "./audit-windows.ts";

const RULES = windowRulesOf({
  config: { slots: { review: "review", reverb: "downbeat_after_review", odd: "noon" } },
  transitions: { Approve: { class: "review" }, Submit: { class: "reverb" }, Claim: { by: [] } },
});

const record = (
  index: number,
  given: { transition: string; instance: string; at: number; window?: string; inputs?: JsonObject },
): LogRecord =>
  JSON.parse(
    JSON.stringify({
      index,
      at: given.at,
      inputs: given.inputs ?? {},
      proposal: {
        instance: given.instance,
        transition: given.transition,
        ...(given.window === undefined ? {} : { window_id: given.window }),
      },
    }),
  );

const beat = (index: number, phase: string, downbeat: boolean, window: string): LogRecord =>
  record(index, {
    transition: "Beat_Observed",
    instance: "beat/main",
    at: index * 100,
    inputs: {
      beat_index: index,
      deadline_at: index * 100 + 100,
      downbeat,
      phase,
      window_id: window,
    },
  });

const step = (transition: string, at: number, window?: string): LogRecord =>
  record(50, {
    transition,
    instance: "project/a",
    at,
    ...(window === undefined ? {} : { window }),
  });

function audited(...records: readonly LogRecord[]): readonly (readonly string[])[] {
  const audit = new WindowAudit(RULES);
  return records.flatMap((one) => {
    const found = audit.take(one);
    return found === undefined ? [] : [found.problems];
  });
}

describe("the audit of windows", () => {
  it("takes what was inside, and passes over what no frame binds", () => {
    expect(
      audited(
        beat(1, "review", false, "w1"),
        step("Approve", 150, "w1"),
        step("Claim", 150),
        beat(2, "plan", true, "w2"),
        step("Submit", 250, "w2"),
      ),
    ).toEqual([[], []]);
  });

  it.each<readonly [what: string, records: readonly LogRecord[], problem: string]>([
    ["before any beat", [step("Approve", 10, "w1")], "no beat yet"],
    ["in another phase", [beat(1, "plan", true, "w1"), step("Approve", 150, "w1")], "not review"],
    [
      "at a downbeat that follows no review",
      [beat(1, "execute", false, "w1"), beat(2, "plan", true, "w2"), step("Submit", 250, "w2")],
      "plan after execute",
    ],
    [
      "in a review that is no downbeat",
      [beat(1, "review", false, "w1"), step("Submit", 150, "w1")],
      "not downbeat_after_review",
    ],
    ["too late", [beat(1, "review", false, "w1"), step("Approve", 201, "w1")], "1 ms after"],
    ["in another window", [beat(1, "review", false, "w1"), step("Approve", 150, "w0")], "w0"],
    ["in none", [beat(1, "review", false, "w1"), step("Approve", 150)], "names window none"],
  ])("finds what happened %s", (_what, records, problem) => {
    expect(
      audited(...records)
        .flat()
        .join("; "),
    ).toContain(problem);
  });

  it("reads the map and the classes of a chart, and no slot that there is not", () => {
    expect(RULES.slots).toEqual({ review: "review", reverb: "downbeat_after_review" });
    expect([...RULES.classes]).toEqual([
      ["Approve", "review"],
      ["Submit", "reverb"],
    ]);
  });
});
