import { readFileSync } from "node:fs";
import { REFUSAL_CODES } from "@swoosh/kernel";
import { describe, expect, it } from "vitest";
import { CODES, EDGE_CODES, isWireCode, statusOf, type WireCode } from "./codes.ts";

/** The table of the contract, written out a second time and by status. */
const STATUSES: readonly (readonly [number, readonly WireCode[]])[] = [
  [
    400,
    [
      "malformed",
      "wrong_origin",
      "inputs_mismatch",
      "unknown_chart",
      "unknown_instance",
      "unknown_transition",
      "clock_behind",
      "clock_ahead",
      "ended",
      "not_enabled",
      "effect_closed",
      "inputs_invalid",
      "guard_failed",
      "chart_failed",
      "join_refused",
      "document_too_large",
      "record_too_large",
      "bad_request",
      "bad_query",
    ],
  ],
  [401, ["unsigned", "bad_signature", "unknown_signer", "unauthenticated"]],
  [403, ["forbidden"]],
  [404, ["not_found"]],
  [405, ["method_not_allowed"]],
  [408, ["too_slow"]],
  [409, ["stale_state", "idem_conflict"]],
  [413, ["too_large"]],
  [415, ["unsupported_media_type"]],
  [417, ["expectation_failed"]],
  [422, ["secret_found"]],
  [429, ["rate_limited"]],
  [431, ["headers_too_large"]],
  [500, ["internal"]],
  [501, ["not_mapped"]],
  [502, ["embedder_failed"]],
  [503, ["overloaded", "not_leader", "fenced", "memory_unavailable"]],
];

describe("codes", () => {
  it("have the status of the contract, each exactly one", () => {
    const told = STATUSES.flatMap(([status, codes]) => codes.map((code) => [code, status]));
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(Object.entries(CODES).map(([code, { status }]) => [code, status])),
    );
    expect(told).toHaveLength(Object.keys(CODES).length);
  });

  it("are the kernel's refusals, in their order, and then the edge's", () => {
    expect(Object.keys(CODES)).toEqual([...REFUSAL_CODES, ...EDGE_CODES]);
  });

  it("have titles of their own, which do not change with the occurrence", () => {
    const titles = Object.values(CODES).map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("are told from other words", () => {
    expect(isWireCode("stale_state")).toBe(true);
    expect(isWireCode("toString")).toBe(false);
    expect(isWireCode("__proto__")).toBe(false);
    expect(statusOf("stale_state")).toBe(409);
  });

  it("stand in the page of errors with their status", () => {
    const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
    for (const code of EDGE_CODES)
      expect(page).toContain(`| \`${code}\` | ${CODES[code].status} |`);
  });
});
