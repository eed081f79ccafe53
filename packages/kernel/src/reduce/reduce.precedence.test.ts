import { describe, expect, it } from "vitest";
import { ABSENT_HASH } from "../hash.ts";
import type { JsonObject } from "../json/json.ts";
import { REFUSAL_CODES } from "../refusal.ts";
import { BOX, DESK } from "./test/charts.ts";
import { keyOf, loadChart, mustBeRefused, Rig, START } from "./test/rig.ts";
import type { Proposed } from "./test/rig.ts";

/** Everything that can be wrong with one proposal, in the order in which it is told. */
const SINS = REFUSAL_CODES.slice(REFUSAL_CODES.indexOf("unknown_signer"));
type Sin = (typeof SINS)[number];

/** The engine's clock was set back after the desks were opened; journal time stands still. */
const SET_BACK = START - 10_000;
/** So far back that the desks' own last reading is too far ahead. */
const SET_FAR_BACK = START - 30_000;

/** Before the last reading of each desk, and yet ahead of a clock that was set far back. */
const BEHIND = "2023-11-14T22:13:59.999+00:00#9";

const desk = loadChart(DESK);
const box = loadChart(BOX);

/** A journal with a desk that is open, one that is away (nothing enabled but shutting) and one that has ended. */
function opened(): Rig {
  const rig = new Rig(desk, box);
  rig.register("clerk", [
    { role: "client", scope: "desk/*" },
    { role: "provider", scope: "desk/*" },
  ]);
  for (const id of ["open", "away", "shut"]) {
    const hlc = "2023-11-14T22:14:00.000+00:00#7";
    rig.must({ instance: `desk/${id}`, transition: "Desk_Open", by: "clerk", hlc });
  }
  rig.must({ instance: "desk/away", transition: "Desk_Away", by: "clerk" });
  rig.must({ instance: "desk/shut", transition: "Desk_Shut", by: "clerk" });
  rig.now = SET_BACK;
  return rig;
}

/** A proposal that has exactly these sins, as far as they can be had together. */
function sinner(rig: Rig, sins: ReadonlySet<Sin>): Proposed {
  const instance = instanceFor(sins);
  const head = rig.head(instance);
  const inputs: Record<string, JsonObject[string]> = { box: "box/a", count: 5, memo: "" };
  if (sins.has("effect_closed")) inputs["effect"] = "desk/open#9.9";
  if (sins.has("inputs_invalid")) inputs["wrong"] = true;
  if (sins.has("guard_failed")) inputs["allowed"] = false;
  if (sins.has("chart_failed")) inputs["count"] = 101;
  if (sins.has("join_refused")) inputs["box"] = "box/burnt!";
  if (sins.has("document_too_large")) inputs["memo"] = "x".repeat(8500);
  if (sins.has("record_too_large"))
    inputs["pad"] = Array.from({ length: 17 }, () => "x".repeat(4000));
  if (sins.has("clock_ahead")) rig.now = SET_FAR_BACK;
  const hlc = sins.has("clock_behind") && head !== undefined ? BEHIND : undefined;
  return {
    instance,
    transition: sins.has("unknown_transition") ? "Desk_Nope" : "Desk_Do",
    inputs,
    by: sins.has("forbidden") ? "operator" : "clerk",
    ...(sins.has("unknown_signer") ? { key: keyOf("nobody") } : {}),
    ...(sins.has("stale_state") ? { hash: `sha256-${"1".repeat(64)}` as const } : {}),
    ...(hlc === undefined ? {} : { hlc }),
    ...(sins.has("idem_conflict") ? { seen: { index: 3, operation: ABSENT_HASH } } : {}),
  };
}

function instanceFor(sins: ReadonlySet<Sin>): string {
  if (sins.has("unknown_chart")) return "nochart/a";
  if (sins.has("unknown_instance")) return "desk/absent";
  if (sins.has("ended")) return "desk/shut";
  return sins.has("not_enabled") ? "desk/away" : "desk/open";
}

describe("a proposal that deserves several refusals gets the first", () => {
  it.each(SINS.map((code, place) => [code, SINS.slice(place)] as const))("%s", (code, sins) => {
    const rig = opened();
    const proposed = sinner(rig, new Set(sins));
    expect(mustBeRefused(rig.ask(proposed)).code).toBe(code);
  });

  it.each(SINS)("%s alone is told too", (code) => {
    const rig = opened();
    expect(mustBeRefused(rig.ask(sinner(rig, new Set([code])))).code).toBe(code);
  });

  it("without any it is accepted", () => {
    const rig = opened();
    const { record } = rig.must(sinner(rig, new Set()));
    expect(record.parts.map((part) => part.instance)).toEqual(["box/a"]);
    expect(record.now).toBe(SET_BACK);
    expect(record.outcomes).toEqual([{ guard: "allowed", ok: true, reasons: ["allowed"] }]);
  });

  it("a clock that cannot be read comes before everything", () => {
    const rig = opened();
    const proposed = { ...sinner(rig, new Set(SINS)), hlc: "2023-11-14" };
    expect(mustBeRefused(rig.ask(proposed))).toMatchObject({
      code: "malformed",
      reasons: ['hlc "2023-11-14" is not an HLC'],
    });
  });
});

describe("each refusal says what would help", () => {
  const reasonsOf = (rig: Rig, sin: Sin): readonly string[] =>
    mustBeRefused(rig.ask(sinner(rig, new Set([sin])))).reasons;

  it.each<[Sin, readonly string[]]>([
    [
      "unknown_signer",
      [
        `no identity holds ${keyOf("nobody")}, or it was revoked; an operator registers keys with Identity_Register`,
      ],
    ],
    ["unknown_chart", ['no chart "nochart" is installed for nochart/a']],
    ["unknown_instance", ["desk/absent does not exist; it is created by Desk_Open"]],
    [
      "unknown_transition",
      ["chart desk has no Desk_Nope; it has Desk_Away, Desk_Do, Desk_Late, Desk_Open, Desk_Shut"],
    ],
    ["forbidden", ["Desk_Do on desk/open needs provider", "operator (human) holds operator on *"]],
    ["ended", ["desk/shut has ended; nothing more is accepted"]],
    ["not_enabled", ["Desk_Do is not enabled in AWAY", "enabled: Desk_Shut"]],
    ["effect_closed", ["desk/open#9.9 is not open; open for Desk_Do: desk/open#1.0"]],
    ["inputs_invalid", ["inputs.wrong: not allowed here"]],
    ["guard_failed", ["not allowed to put 5"]],
    ["join_refused", ["join box/burnt! Box_Put: not an instance, `chart/id`"]],
    [
      "clock_behind",
      [
        "hlc 2023-11-14T22:13:59.999+00:00#9 is before the instance's last, 2023-11-14T22:14:00.000+00:00#7; send 2023-11-14T22:14:00.000+00:00#8 or later",
      ],
    ],
  ])("%s", (sin, reasons) => {
    const rig = opened();
    const told = reasonsOf(rig, sin);
    if (sin === "inputs_invalid") expect(told[0]).toContain("inputs.wrong");
    else expect(told).toEqual(reasons);
  });

  it("chart_failed names state, action and value", () => {
    const [reason] = reasonsOf(opened(), "chart_failed");
    expect(reason).toMatch(/^Desk_Do of OPEN, assign count: context\.count: .*101/);
  });

  it("sizes are told with their bounds", () => {
    const rig = opened();
    expect(reasonsOf(rig, "document_too_large")[0]).toMatch(
      /^desk\/open would have 3\d{4} bytes, at most 32768; /,
    );
    expect(reasonsOf(rig, "record_too_large")[0]).toMatch(
      /^the record would have \d{5} bytes, at most 65535; /,
    );
  });

  it("stale_state names both hashes, clock_ahead the bound, idem_conflict the record", () => {
    const rig = opened();
    const head = rig.head("desk/open")?.hash ?? "";
    expect(reasonsOf(rig, "stale_state")).toEqual([
      `the proposal saw sha256-${"1".repeat(64)}`,
      `the head is ${head}; re-read it and resubmit under the same idem_key`,
    ]);
    expect(reasonsOf(rig, "idem_conflict")[0]).toMatch(
      /^idem_key goal:0:op:\d+ stands for another operation since index 3; take a new key$/,
    );
    expect(reasonsOf(rig, "clock_ahead")[0]).toBe(
      "hlc 2023-11-14T22:14:00.000+00:00#8 is 70000 ms ahead of the journal's clock; at most 60000 are allowed",
    );
  });

  it("a refusal carries the head as it saw it, or none", () => {
    const rig = opened();
    const head = rig.head("desk/open");
    expect(mustBeRefused(rig.ask(sinner(rig, new Set(["guard_failed"])))).head).toEqual({
      hash: head?.hash,
      hlc: "2023-11-14T22:14:00.000+00:00#7",
      index: rig.world.end.size - 1,
    });
    expect(mustBeRefused(rig.ask(sinner(rig, new Set(["unknown_instance"])))).head).toBeNull();
  });

  it("an absent instance is told with its hash of zeros", () => {
    const rig = opened();
    const refused = mustBeRefused(
      rig.ask({
        instance: "desk/new",
        transition: "Desk_Open",
        by: "clerk",
        hash: `sha256-${"1".repeat(64)}`,
      }),
    );
    expect(refused.code).toBe("stale_state");
    expect(refused.reasons[1]).toContain(`does not exist: its hash is ${ABSENT_HASH}`);
  });
});
