import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelJson } from "../testing/kernel-json.ts";
import { canonicalize } from "./canonical.ts";
import type { Json } from "./json.ts";
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

/** What is not as it should be, beside `JSON.parse`. */
function differences(text: string): readonly string[] {
  const parsed = parseStrictJson(text, { place: "" });
  const quick = parseByEngine(text);
  const isSame = parsed.ok && quick.ok && canonicalize(quick.value) === canonicalize(parsed.value);
  const engine = isSame || !quick.ok ? quick : parseByEngine(text, freshParse);
  const wrong: (readonly [isWrong: boolean, claim: string])[] = [];
  if (parsed.ok) {
    const canonical = canonicalize(parsed.value);
    wrong.push(
      [!engine.ok, "lets in what is no JSON"],
      [engine.ok && canonicalize(engine.value) !== canonical, "gives another value"],
      [JSON.stringify(parsed.value) !== canonical, "leaves keys out of order"],
      [parsed.canonical !== (canonical === text), "mistakes a canonical text"],
    );
  } else {
    const lines = text.slice(0, parsed.offset).split("\n");
    wrong.push(
      [parsed.line !== lines.length, "names another line"],
      [parsed.column !== (lines.at(-1) ?? "").length + 1, "names another column"],
      [engine.ok && !OUR_REASONS.test(parsed.problem), `refuses without reason: ${parsed.problem}`],
      [!engine.ok && parsed.problem === "", "gives no reason"],
    );
  }
  return wrong.flatMap(([isWrong, claim]) => (isWrong ? [claim] : []));
}

/**
 * V8 from 13.6 on takes a key whose end is written as an escape for one that it has read at the same place before, where both begin alike and
 * are as long (decision 0029). A realm of its own has read nothing yet: it is asked where the answers differ.
 */
function parseByEngine(
  text: string,
  parse: (text: string) => Json = JSON.parse,
): { readonly ok: true; readonly value: Json } | { readonly ok: false } {
  try {
    return { ok: true, value: parse(text) };
  } catch {
    return { ok: false };
  }
}

const freshParse = (text: string): Json => runInNewContext("JSON.parse(text)", { text });

describe("parseStrictJson beside JSON.parse", () => {
  it("takes the same values, or refuses for one of our reasons", () => {
    fc.assert(
      fc.property(soup, (text) => {
        expect(differences(text)).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it("does so for texts of values, written with every freedom", () => {
    fc.assert(
      fc.property(kernelJson(), fc.infiniteStream(fc.nat(1_000)), (value, choices) => {
        expect(differences(textOf(value, () => choices.next().value ?? 0))).toEqual([]);
      }),
      { numRuns: runs },
    );
  });

  it("does so for any string and for broken canonical texts", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(differences(text)).toEqual([]);
      }),
      { numRuns: runs },
    );
    fc.assert(
      fc.property(
        kernelJson(),
        fc.nat(),
        fc.constantFrom("", ",", '"', "}", "0", "\\", " ", "\ud800"),
        (value, at, splice) => {
          const text = canonicalize(value);
          const cut = at % (text.length + 1);
          expect(differences(text.slice(0, cut) + splice + text.slice(cut + 1))).toEqual([]);
        },
      ),
      { numRuns: runs },
    );
  });

  it("reads each key as it stands there, whatever the engine has read before at its place", () => {
    const baits: readonly (readonly [before: string, key: string])[] = [
      ["xyz", "xy\n"],
      ["xyz", 'xy"'],
      ["xy\\", 'xy"'],
      ["中文字", "中文\n"],
      ["\\", '"'],
    ];
    for (const [before, key] of baits) {
      for (let round = 0; round < 3; round += 1) {
        for (const name of [before, key]) {
          const parsed = parseStrictJson(canonicalize({ a: 1, [name]: 2 }), { place: "" });
          expect(parsed).toMatchObject({ ok: true, canonical: true });
          expect(parsed.ok && Object.keys(Object(parsed.value)).toSorted()).toEqual(
            ["a", name].toSorted(),
          );
        }
      }
    }
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
