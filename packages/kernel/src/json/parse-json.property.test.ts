import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelJson } from "../testing/kernel-json.ts";
import { canonicalize } from "./canonical.ts";
import { parseStrictJson } from "./parse-json.ts";

const runs = 2_000 * (Number(process.env["SWOOSH_SOAK"] ?? 0) * 50 + 1);

/** Pieces of JSON and of what is nearly JSON, so that random texts are often whole. */
const piece = fc.constantFrom(
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  '"a"',
  '"b"',
  '"__proto__"',
  '"1"',
  '"constructor"',
  '"\\ud800"',
  '"\\u0061"',
  '"😀"',
  '"\ud83d"',
  "0",
  "1",
  "-0",
  "-1",
  "1.5",
  "1e3",
  "01",
  "9007199254740991",
  "9007199254740992",
  "true",
  "false",
  "null",
  " ",
  "\n",
  "\t",
  "\ufeff",
  '"',
  "\\",
  "x",
  "/",
);
const soup = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(""));

/** JSON text with the freedoms that a writer has: spaces, escapes, order, and now and then a breach. */
function textOf(value: unknown, choose: () => number): string {
  const space = (): string => ["", "", "", " ", "\n", "\t "][choose() % 6] ?? "";
  const wrap = (text: string): string => `${space()}${text}${space()}`;
  if (typeof value === "string") {
    const escaped = JSON.stringify(value);
    return choose() % 5 === 0 ? escaped.replace("a", "\\u0061") : escaped;
  }
  if (Array.isArray(value))
    return wrap(`[${value.map((item) => wrap(textOf(item, choose))).join(",")}]`);
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([key, member]) => `${wrap(JSON.stringify(key))}:${wrap(textOf(member, choose))}`,
    );
    if (members[0] !== undefined && choose() % 40 === 0) members.push(members[0]);
    return wrap(`{${members.join(",")}}`);
  }
  return choose() % 50 === 0 ? "1.0" : JSON.stringify(value);
}

const OUR_REASONS =
  /is not an integer in plain digits|-0 is refused|beyond the safe integers|is there twice|"__proto__" is refused|looks like an array index|has a lone surrogate|more than 32 deep/;

function compareWithEngine(text: string): void {
  let expected: unknown;
  let isJson = true;
  try {
    expected = JSON.parse(text);
  } catch {
    isJson = false;
  }
  const parsed = parseStrictJson(text, { place: "" });
  if (parsed.ok) {
    expect(isJson).toBe(true);
    expect(parsed.value).toEqual(expected);
    expect(JSON.stringify(parsed.value)).toBe(canonicalize(parsed.value));
    expect(parsed.canonical).toBe(canonicalize(parsed.value) === text);
    return;
  }
  const lines = text.slice(0, parsed.offset).split("\n");
  expect([parsed.line, parsed.column]).toEqual([lines.length, (lines.at(-1) ?? "").length + 1]);
  if (isJson) expect(parsed.problem).toMatch(OUR_REASONS);
}

describe("parseStrictJson beside JSON.parse", () => {
  it("takes the same values, or refuses for one of our reasons", () => {
    fc.assert(fc.property(soup, compareWithEngine), { numRuns: runs });
  });

  it("does so for texts of values, written with every freedom", () => {
    fc.assert(
      fc.property(kernelJson(), fc.infiniteStream(fc.nat(1_000)), (value, choices) => {
        compareWithEngine(textOf(value, () => choices.next().value ?? 0));
      }),
      { numRuns: runs },
    );
  });

  it("does so for any string and for broken canonical texts", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), compareWithEngine), { numRuns: runs });
    fc.assert(
      fc.property(
        kernelJson(),
        fc.nat(),
        fc.constantFrom("", ",", '"', "}", "0", "\\", " ", "\ud800"),
        (value, at, splice) => {
          const text = canonicalize(value);
          const cut = at % (text.length + 1);
          compareWithEngine(text.slice(0, cut) + splice + text.slice(cut + 1));
        },
      ),
      { numRuns: runs },
    );
  });

  it("knows a canonical text, and gives it back byte for byte", () => {
    fc.assert(
      fc.property(kernelJson(), (value) => {
        const text = canonicalize(value);
        const parsed = parseStrictJson(text, { place: "" });
        expect(parsed).toMatchObject({ ok: true, canonical: true });
        expect(parsed.ok && JSON.stringify(parsed.value)).toBe(text);
      }),
      { numRuns: runs },
    );
  });
});
