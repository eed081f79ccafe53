import { describe, expect, it } from "vitest";
import { checkJson } from "./check-json.ts";
import { canonicalize } from "./canonical.ts";
import type { Json } from "./json.ts";
import { parseStrictJson } from "./parse-json.ts";

/** The published vectors of RFC 8785's author (github.com/cyberphone/json-canonicalization, testdata): input, output. */
const VECTORS: readonly (readonly [name: string, input: string, output: string])[] = [
  [
    "arrays",
    '[\n  56,\n  {\n    "d": true,\n    "10": null,\n    "1": [ ]\n  }\n]',
    '[56,{"1":[],"10":null,"d":true}]',
  ],
  [
    "french",
    '{"peach":"This sorting order","p\\u00e9ch\\u00e9":"is wrong according to French","p\\u00eache":"but canonicalization MUST","sin":"ingnore locale"}',
    '{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ingnore locale"}',
  ],
  [
    "structures",
    '{"1":{"f":{"f":"hi","F":5},"\\n":56.0},"10":{},"":"empty","a":{},"111":[{}],"A":{}}',
    '{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],"A":{},"a":{}}',
  ],
  ["unicode", '{"Unnormalized Unicode":"A\\u030a"}', '{"Unnormalized Unicode":"A\u030a"}'],
  [
    "weird",
    '{"\\u20ac":"Euro Sign","1":"One","\\u0080":"Control\\u007f","\\ud83d\\ude02":"Smiley","\\u00f6":"Latin Small Letter O With Diaeresis","\\ufb33":"Hebrew Letter Dalet With Dagesh","</script>":"Browser Challenge"}',
    '{"1":"One","</script>":"Browser Challenge","\u0080":"Control\u007f","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😂":"Smiley","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  ],
];

const read = (text: string): Json => JSON.parse(text);

describe("RFC 8785, published vectors", () => {
  it.each(VECTORS)("%s", (_, input, output) => {
    expect(canonicalize(read(input))).toBe(output);
    expect(canonicalize(read(output))).toBe(output);
  });

  it("§3.2.2, strings: escapes as ECMAScript writes them", () => {
    const text = String.raw`{"escaping":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`;
    expect(canonicalize(read(text))).toBe(
      String.raw`{"escaping":"€$\u000f\nA'B\"\\\\\"/","literals":[null,true,false]}`,
    );
  });

  it("§3.2.3, order of keys by UTF-16 units", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\ud83d\ude00", "\u0080", "\u00f6"];
    const text = canonicalize(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(text).toBe('{"\\r":0,"1":0,"\u0080":0,"ö":0,"€":0,"😀":0,"\ufb33":0}');
  });

  it("appendix B, numbers: those that are safe integers in plain digits", () => {
    for (const [value, text] of [
      [0, "0"],
      [9_007_199_254_740_991, "9007199254740991"],
      [-9_007_199_254_740_991, "-9007199254740991"],
    ] as const) {
      expect(canonicalize(value)).toBe(text);
    }
  });

  // Numbers of RFC 8785's sample and appendix B that the kernel does not count with: never serialised, because refused before.
  it.each([
    "1E30",
    "4.50",
    "333333333.33333329",
    "2e-3",
    "0.000000000000000000000000001",
    "-0",
    "5e-324",
    "1.7976931348623157e308",
    "9007199254740992",
    "-9007199254740992",
    "295147905179352830000",
    "9.999999999999997e22",
    "1e+23",
    "1e21",
    "56.0",
  ])("the number %s is refused at both edges", (token) => {
    expect(parseStrictJson(`[${token}]`, { place: "" }).ok).toBe(false);
    const value: unknown = JSON.parse(token);
    expect(checkJson(value, { place: "" }).ok).toBe(token === "56.0");
  });
});
