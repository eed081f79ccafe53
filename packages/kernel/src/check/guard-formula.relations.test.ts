import { describe, expect, it } from "vitest";
import type { Guard } from "../chart/compiled-chart.ts";
import { join, known, not, openAtom, type Formula } from "./formula.ts";
import { GuardFormulas } from "./guard-formula.ts";
import { loadTestChart } from "./test/load-test-chart.ts";

/** The two guards' formulas, of a chart that uses both and a third that shares the atoms, so that nothing is merged. */
function formulas(
  one: string,
  other: string,
): { readonly one: Formula; readonly other: Formula; readonly atoms: GuardFormulas } {
  const { chart } = loadTestChart(`
context: { type: object, required: [n, m, s, f], properties: { n: { type: integer }, m: { type: integer }, s: { type: string }, f: { type: boolean } } }
initialContext: { n: 0, m: 0, s: a, f: true }
type: parallel
states:
  A: { initial: X, states: { X: { on: { Go: { guards: [one, other] } } }, Y: {} } }
  B: {}
transitions: { Go: { by: [client] } }
guards:
  one: { when: ${JSON.stringify(one)}, reason: no }
  other: { when: ${JSON.stringify(other)}, reason: no }
`);
  const atoms = new GuardFormulas(chart);
  const guards: readonly Guard[] = chart.candidates.flatMap((candidate) => candidate.guards);
  const of = (name: string): Formula => {
    const guard = guards.find((candidate) => candidate.name === name);
    if (guard === undefined) throw new Error(name);
    return atoms.of(guard);
  };
  return { one: of("one"), other: of("other"), atoms };
}

describe("guards that say the same in other words", () => {
  it.each([
    ["context.n > 3", "!(context.n <= 3)"],
    ["context.n > 3", "context.n >= 4"],
    ["3 < context.n", "context.n > 3"],
    ["context.n<=3", "!(4 <= context.n)"],
    ["context.n >= -2", "-3 < context.n"],
    ["context.n < context.m", "!(context.n >= context.m)"],
    ["context.n > context.m", "context.m < context.n"],
    ["context.n == context.m", "context.m == context.n"],
    ["context.n != context.m", "!(context.m == context.n)"],
    ["context.s == 'a'", 'context.s == "a"'],
    ["context.f == true", "context.f"],
    ["context.f == false", "!context.f"],
    ["context.f != true", "!(context.f)"],
    ["!!context.f", "context.f"],
    ["context.f ? true : false", "context.f"],
    ["context.f ? false : true", "!context.f"],
    ["has(context.s) && true", "has(context.s)"],
    ["In('A.X') == true", "In('A.X')"],
    ["In('A.X') == false", "!In('A.X')"],
    ["false || context.n > 1", "context.n > 1 && !false"],
  ])("%s and %s", (one, other) => {
    const two = formulas(one, other);
    const states = [false, true];
    // Equal whatever is true: the exclusive or of the two can never hold.
    for (const atom of states) {
      for (const state of states) {
        const given = { isActive: () => state, assumed: () => atom };
        expect(known(two.one, given)).toBe(known(two.other, given));
      }
    }
    expect(two.atoms.atoms.length).toBeLessThanOrEqual(1);
  });

  it.each([
    ["context.n > 3", "context.n > 4"],
    ["context.n < context.m", "context.n <= context.m"],
    ["context.n < context.m", "context.m < context.n"],
    ["context.s == 'a'", "context.s == 'b'"],
  ])("but not %s and %s", (one, other) => {
    expect(formulas(one, other).atoms.atoms).toHaveLength(2);
  });
});

describe("questions that stand side by side and nowhere else", () => {
  it("are one question", () => {
    const { one, atoms } = formulas(
      "context.n > 3 && (context.f || context.m > 1)",
      "context.s == 'a'",
    );
    expect(one.kind).toBe("atom");
    expect(atoms.atoms.at(-1)).toMatchObject({
      contextKeys: new Set(["n", "f", "m"]),
      usesInputs: false,
    });
  });

  it("but not when another guard asks one of them, or states are between", () => {
    expect(formulas("context.n > 3 && context.f", "context.f").one).toMatchObject({
      kind: "all",
      parts: [{}, {}],
    });
    const { one } = formulas("context.n < 3 && In('A.X')", "context.f");
    expect(one).toMatchObject({ kind: "all", parts: [{ kind: "atom" }, { kind: "active" }] });
  });

  it("keep what they look at", () => {
    const { atoms } = formulas("size(context.s) > 0 && inputs == inputs", "context == context");
    expect(
      atoms.atoms.map(({ contextKeys, usesInputs }) => ({ contextKeys, usesInputs })).slice(0, 3),
    ).toEqual([
      { contextKeys: new Set(["s"]), usesInputs: false },
      { contextKeys: new Set(), usesInputs: true },
      { contextKeys: null, usesInputs: false },
    ]);
    expect(atoms.atoms.at(-1)).toMatchObject({ contextKeys: new Set(["s"]), usesInputs: true });
  });
});

describe("formulas", () => {
  const atom = (index: number): Formula => ({ kind: "atom", atom: index });
  const nothing = { isActive: () => false, assumed: () => undefined };

  it("are known as soon as one part decides", () => {
    const given = {
      isActive: () => false,
      assumed: (index: number) => (index === 1 ? true : undefined),
    };
    expect(known(join("some", [atom(0), atom(1)]), given)).toBe(true);
    expect(known(join("all", [atom(0), not(atom(1))]), given)).toBe(false);
    expect(known(join("all", [atom(0), atom(1)]), given)).toBeUndefined();
    expect(known(not(atom(0)), given)).toBeUndefined();
    expect(known(join("all", [{ kind: "active", state: 3 }, atom(0)]), given)).toBe(false);
  });

  it("ask for the next atom with the value that would make them true", () => {
    expect(openAtom(join("all", [not(atom(0)), atom(1)]), nothing)).toEqual({
      atom: 0,
      wanted: false,
    });
    expect(openAtom(not(join("some", [atom(2), atom(1)])), nothing)).toEqual({
      atom: 2,
      wanted: false,
    });
    const given = {
      isActive: () => false,
      assumed: (index: number) => (index === 0 ? false : undefined),
    };
    expect(openAtom(join("some", [atom(0), atom(1)]), given)).toEqual({ atom: 1, wanted: true });
  });

  it("are flat, without what does not count", () => {
    expect(join("all", [])).toEqual({ kind: "constant", value: true });
    expect(join("some", [])).toEqual({ kind: "constant", value: false });
    expect(join("all", [join("all", [atom(0), atom(1)]), atom(2), not(not(atom(3)))])).toEqual({
      kind: "all",
      parts: [atom(0), atom(1), atom(2), atom(3)],
    });
    expect(join("some", [atom(0), { kind: "constant", value: true }])).toEqual({
      kind: "constant",
      value: true,
    });
    expect(join("all", [atom(0), { kind: "constant", value: true }])).toEqual(atom(0));
  });
});
