import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyOfText } from "./key-of-text.ts";

/** The fields of a record that stand around the key, in canonical order. */
function recordText(given: {
  key: string;
  inputs: unknown;
  justification: string;
  window: string;
}): string {
  return JSON.stringify({
    at: 1,
    inputs: given.inputs,
    proposal: {
      evidence: [given.justification],
      idem_key: given.key,
      instance: "order/1",
      justification: given.justification,
      transition: "T",
      window_id: given.window,
    },
    reads: [{ hash: "h", instance: "i" }],
    signature: given.window,
  });
}

describe("the key of a record's text", () => {
  it("is the proposal's, whatever stands in inputs and texts", () => {
    const tricky = fc.oneof(
      fc.string(),
      fc.string({
        unit: fc.constantFrom('"', "\\", ":", "idem_key", "ü", "\u0000", "😀", "{", "}"),
      }),
    );
    fc.assert(
      fc.property(tricky, tricky, tricky, fc.jsonValue(), (key, justification, window, value) => {
        const inputs = { idem_key: key + justification, value, z: { idem_key: justification } };
        expect(keyOfText(recordText({ key, inputs, justification, window }))).toBe(key);
      }),
    );
  });

  it("is looked for in records only", () => {
    expect(() => keyOfText("{}")).toThrow("a record's text has an idempotency key");
  });
});
