import { describe, expect, it } from "vitest";
import { CONWAY, parseRule, ruleOf } from "./rule.ts";

describe("parseRule", () => {
  it.each([
    ["B3/S23", "B3/S23"],
    ["b3s23", "B3/S23"],
    [" B36/S32 ", "B36/S23"],
    ["23/3", "B3/S23"],
    ["Life", "B3/S23"],
    ["B/S012345678", "B/S012345678"],
    ["/2", "B2/S"],
  ])("reads %s", (text, canonical) => {
    expect(parseRule(text)).toMatchObject({ rule: { text: canonical } });
  });

  it("gives masks", () => {
    expect(parseRule("B3/S23")).toEqual({ rule: CONWAY });
    expect(ruleOf(CONWAY.birth, CONWAY.survive)).toEqual(CONWAY);
  });

  it.each([
    ["B03/S23", "B0, under which"],
    ["B9/S23", "B9, but a cell has 8"],
    ["B3/S2233", "names S2 twice"],
    ["B3/S23:T100,100", "leave out what follows the colon"],
    ["B2-a/S12", "not outer-totalistic"],
    ["LifeHistory", "not outer-totalistic"],
    ["", "not of the form B3/S23"],
    ["3", "not of the form B3/S23"],
  ])("refuses %s and says why", (text, words) => {
    const parsed = parseRule(text);
    expect("problem" in parsed ? parsed.problem : "").toContain(words);
  });
});
