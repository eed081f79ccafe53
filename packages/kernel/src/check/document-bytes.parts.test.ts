import { describe, expect, it } from "vitest";
import { documentBytes } from "./document-bytes.ts";
import { loadTestChart } from "./test/load-test-chart.ts";

/** Two states that have what is given; `Yes` is declared only where an effect asks for it. */
function bytes(a: string, b = "", kind = "") {
  const asks = a.includes("emit") || b.includes("emit");
  const { chart } = loadTestChart(`
regions: [root]
${kind}
states:
  A: { on: { Go: {}, Late: {} }, ${a} }
  B: { on: { Go: {}, Late: {}${asks ? ", Yes: {}" : ""} }, ${b} }
transitions: { Go: { by: [client] }, Late: { by: [] }${asks ? ", Yes: { by: [o] }" : ""} }
`);
  return documentBytes(chart);
}

const emit = (id: string, keep: boolean): string =>
  `entry: [ { emit: { id: ${id}, effect: E, owner: "'o'", with: "1", deadlineMs: "1", onDeadline: Late, answer: [Yes], keep: ${keep} } } ]`;
const timer = (id: string): string => `after: [ { id: ${id}, ms: "1", raise: Late } ]`;

describe("the parts of a document", () => {
  it("count the effects of states that can be active together", () => {
    const one = bytes(emit("e", false)).effects;
    expect(one).toBeGreaterThan(100);
    expect(bytes(emit("e", false), emit("f", false)).effects).toBe(one);
    expect(bytes(emit("e", false), emit("f", false), "type: parallel").effects).toBe(2 * one);
  });

  it("count kept effects whatever is active", () => {
    const kept = bytes(emit("e", true)).effects;
    expect(kept).toBe(bytes(emit("e", false)).effects);
    expect(bytes(emit("e", true), emit("f", true)).effects).toBe(2 * kept);
  });

  it("count timers and leaves like effects", () => {
    const one = bytes(timer("t")).timers;
    expect(one).toBeGreaterThan(30);
    expect(bytes(timer("t"), timer("u")).timers).toBe(one);
    expect(bytes(timer("t"), timer("u"), "type: parallel").timers).toBe(2 * one);
    expect(bytes("").configuration).toBe('"A",'.length);
    expect(bytes("", "", "type: parallel").configuration).toBe('"A","B",'.length);
    expect(bytes("").history).toBe(0);
  });
});
