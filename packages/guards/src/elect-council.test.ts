import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { electCouncil, openSeats, type Claim, type Seat } from "./elect-council.ts";

const SEATS: readonly Seat[] = [
  { core: false, name: "helper", seats: 1 },
  { core: true, name: "builder", seats: 2 },
  { core: true, name: "reviewer", seats: 1 },
];

const claim = (key: string, role: string, weight = 1, load = 0): Claim => ({
  key,
  load,
  role,
  weight,
});

describe("the election", () => {
  it.each<readonly [what: string, claims: readonly Claim[], members: readonly string[]]>([
    ["nobody without claims", [], []],
    [
      "by weight, then load, then key",
      [
        claim("d", "builder", 1),
        claim("c", "builder", 2, 5),
        claim("b", "builder", 2, 1),
        claim("a", "builder", 1),
      ],
      ["b builder", "c builder"],
    ],
    ["ties by key", [claim("b", "reviewer"), claim("a", "reviewer")], ["a reviewer"]],
    ["nobody for a role that is not asked for", [claim("a", "painter")], []],
    [
      "each to its own role, sorted by key",
      [claim("z", "builder"), claim("a", "helper"), claim("m", "reviewer")],
      ["a helper", "m reviewer", "z builder"],
    ],
  ])("elects %s", (_what, claims, members) => {
    expect(electCouncil(SEATS, claims).map(({ key, role }) => `${key} ${role}`)).toEqual(members);
  });

  it("does not depend on the order of the claims, and never seats a key twice", () => {
    const one = fc.record({
      key: fc.constantFrom("a", "b", "c", "d", "e"),
      load: fc.nat(3),
      role: fc.constantFrom("builder", "reviewer", "helper"),
      weight: fc.nat(3),
    });
    const claims = fc.uniqueArray(one, { selector: ({ key }) => key });
    fc.assert(
      fc.property(claims, fc.nat(), (given, turn) => {
        const elected = electCouncil(SEATS, given);
        const cut = given.length === 0 ? 0 : turn % given.length;
        const turned = [...given.slice(cut), ...given.slice(0, cut)].toReversed();
        expect(electCouncil(SEATS, turned)).toEqual(elected);
        expect(new Set(elected.map(({ key }) => key)).size).toBe(elected.length);
        for (const { name, seats } of SEATS) {
          const filled = elected.filter(({ role }) => role === name).length;
          const claimed = given.filter(({ role }) => role === name).length;
          expect(filled).toBe(Math.min(seats, claimed));
        }
      }),
    );
  });

  it("names the seats that nobody claimed, core ones first", () => {
    expect(openSeats(SEATS, [])).toEqual(["builder", "builder", "reviewer", "helper"]);
    expect(openSeats(SEATS, [claim("a", "builder"), claim("b", "helper")])).toEqual([
      "builder",
      "reviewer",
    ]);
  });
});
