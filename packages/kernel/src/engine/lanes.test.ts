import { describe, expect, it } from "vitest";
import { Lanes, type Lane } from "./lanes.ts";

function lanes() {
  return new Lanes<{ readonly lane: Lane; readonly name: string }>({
    engine: 1,
    operators: 2,
    proposals: 3,
  });
}

describe("Lanes", () => {
  it("bounds each lane by itself, until somebody leaves", () => {
    const all = lanes();
    expect([1, 2, 3, 4].map(() => all.admit("proposals"))).toEqual([true, true, true, false]);
    expect([1, 2, 3].map(() => all.admit("operators"))).toEqual([true, true, false]);
    expect([1, 2].map(() => all.admit("engine"))).toEqual([true, false]);
    expect(all.depths).toEqual({ engine: 1, operators: 2, proposals: 3 });
    all.leave("proposals");
    expect(all.admit("engine")).toBe(false);
    expect(all.admit("proposals")).toBe(true);
    expect(all.isEmpty).toBe(false);
  });

  it("gives reserved lanes first, each in order of arrival, as many as asked for", () => {
    const all = lanes();
    for (const lane of ["proposals", "operators", "proposals", "engine", "operators"] as const)
      expect(all.admit(lane)).toBe(true);
    all.push({ lane: "proposals", name: "p1" });
    all.push({ lane: "operators", name: "o1" });
    all.push({ lane: "proposals", name: "p2" });
    all.push({ lane: "engine", name: "e1" });
    all.push({ lane: "operators", name: "o2" });
    expect(all.waiting).toBe(5);
    const first = all.take(2);
    expect(first.map(({ name }) => name)).toEqual(["e1", "o1"]);
    all.putBack(first);
    expect(all.take(4).map(({ name }) => name)).toEqual(["e1", "o1", "o2", "p1"]);
    expect(all.take(9).map(({ name }) => name)).toEqual(["p2"]);
    expect(all.waiting).toBe(0);
    expect(all.take(9)).toEqual([]);
  });

  it("lets nobody wait or leave who was not admitted", () => {
    const all = lanes();
    expect(() => all.push({ lane: "engine", name: "x" })).toThrow("admitted");
    expect(() => all.leave("engine")).toThrow("admitted");
    expect(all.isEmpty).toBe(true);
  });
});
