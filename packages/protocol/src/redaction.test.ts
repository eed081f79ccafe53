import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isCommitment, openingOf, readOpening, REDACTION_TABLE, redactionOf } from "./redaction.ts";
import { SCHEMAS } from "./schema/schemas.ts";

const PAGE = readFileSync(new URL("../../../docs/redaction.md", import.meta.url), "utf8");
const SALT = "c2FsdHNhbHRzYWx0c2FsdA";

describe("the table of redaction", () => {
  it("has every field of a decision record, and no other", () => {
    const fields = Object.keys(Object(SCHEMAS.DecisionRecord.properties));
    expect(Object.keys(REDACTION_TABLE)).toEqual(fields);
  });

  it("is what its page says", () => {
    const told = new Map<string, string>();
    for (const [, fields = "", kind = ""] of PAGE.matchAll(/^\| (`.*?) \| (\w+) \|/gm))
      for (const [, field = ""] of fields.matchAll(/`(\w+)`/g)) told.set(field, kind);
    const sorted = [...told].sort(([one], [other]) => (one < other ? -1 : 1));
    expect(Object.fromEntries(sorted)).toEqual(REDACTION_TABLE);
  });
});

describe("an opening", () => {
  const opening = JSON.stringify(openingOf({ salt: SALT, text: "for Ms Winterbottom" }));

  it("is read back, and nothing else is one", () => {
    expect(readOpening(opening)).toBe("for Ms Winterbottom");
    for (const bytes of [
      "",
      "{}",
      "[]",
      "null",
      '{"text":"a"}',
      opening.replace(SALT, "short"),
      opening.replace(".v1", ".v2"),
      opening.replace('"for Ms Winterbottom"', "7"),
    ])
      expect(readOpening(bytes)).toBeUndefined();
  });

  it("has a salt that nobody guesses", () => {
    expect(() => openingOf({ salt: "short", text: "a" })).toThrow("22 to 86 of base64url");
  });

  it("stands in a record as the hash of evidence alone", () => {
    const hash = `sha256-${"a".repeat(64)}`;
    expect([isCommitment(hash), isCommitment("because"), isCommitment(`${hash} `)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(redactionOf(hash)).toBe(`redaction/${"a".repeat(64)}`);
  });
});
