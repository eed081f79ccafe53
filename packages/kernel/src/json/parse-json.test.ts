import { describe, expect, it } from "vitest";
import { cpuTimeMs } from "../testing/cpu-time.ts";
import { parseStrictJson } from "./parse-json.ts";

const parse = (text: string) => parseStrictJson(text, { place: "in" });

describe("parseStrictJson refuses what is not JSON, with line and column", () => {
  it("in the words of the chart runner's transcript", () => {
    expect(parseStrictJson('{"transition":', { place: "" })).toEqual({
      ok: false,
      place: "",
      problem: "not JSON: the text ends at column 15 where a value is expected",
      line: 1,
      column: 15,
      offset: 14,
    });
  });

  it.each([
    ["", 1, 1, "the text ends at column 1 where a value is expected"],
    ["  ", 1, 3, "the text ends at column 3 where a value is expected"],
    ["tru", 1, 1, '"tru" stands at column 1 where a value is expected'],
    ["nullx", 1, 1, '"nullx" stands at column 1 where a value is expected'],
    ["True", 1, 1, '"True" stands at column 1 where a value is expected'],
    ["NaN", 1, 1, '"NaN" stands at column 1 where a value is expected'],
    ["undefined", 1, 1, '"undefined" stands at column 1 where a value is expected'],
    ["'a'", 1, 1, '"\'" stands at column 1 where a value is expected'],
    ["[1,]", 1, 4, '"]" stands at column 4 where a value is expected'],
    ["[,1]", 1, 2, '"," stands at column 2 where a value is expected'],
    ["[1 2]", 1, 4, '"2" stands at column 4 where "," or "]" is expected'],
    ["[1", 1, 3, 'the text ends at column 3 where "," or "]" is expected'],
    ["[", 1, 2, "the text ends at column 2 where a value is expected"],
    ['{"a":1,}', 1, 8, '"}" stands at column 8 where a key in double quotes is expected'],
    ["{a:1}", 1, 2, '"a" stands at column 2 where a key in double quotes is expected'],
    ["{1:1}", 1, 2, '"1" stands at column 2 where a key in double quotes is expected'],
    ['{"a" 1}', 1, 6, '"1" stands at column 6 where ":" is expected'],
    ['{"a":1 "b":2}', 1, 8, '"\\"" stands at column 8 where "," or "}" is expected'],
    ['{"a":1', 1, 7, 'the text ends at column 7 where "," or "}" is expected'],
    ["{", 1, 2, "the text ends at column 2 where a key in double quotes is expected"],
    ["1 2", 1, 3, '"2" stands at column 3 where the end of the text is expected'],
    ["{}\n\n  x", 3, 3, '"x" stands at line 3, column 3 where the end of the text is expected'],
    ["[1]]", 1, 4, '"]" stands at column 4 where the end of the text is expected'],
    ["// no", 1, 1, '"/" stands at column 1 where a value is expected'],
    ['"abc', 1, 5, "the text ends at column 5 where the string's closing quote is expected"],
    ['"abc\\', 1, 5, '"\\\\" is not an escape of JSON'],
    ['"\\x41"', 1, 2, '"\\\\x" is not an escape of JSON'],
    ['"\\u12g4"', 1, 2, '"\\\\u12g4" is not an escape of JSON'],
    ['"\\u12', 1, 2, '"\\\\u12" is not an escape of JSON'],
    ['"a\nb"', 1, 3, "U+000A inside a string; write it as an escape"],
    ['"\t"', 1, 2, "U+0009 inside a string; write it as an escape"],
    ['"\u001f"', 1, 2, "U+001F inside a string; write it as an escape"],
    ["\ufeff{}", 1, 1, "the text begins with a byte order mark; leave it out"],
    ["\u00a01", 1, 1, '"\u00a0" stands at column 1 where a value is expected'],
    ["\v1", 1, 1, '"\\u000b" stands at column 1 where a value is expected'],
    ["😀", 1, 1, '"😀" stands at column 1 where a value is expected'],
    ["[01]", 1, 2, '"01" is not a number'],
    ["[+1]", 1, 2, '"+1" is not a number'],
    ["[-]", 1, 2, '"-" is not a number'],
    ["[.5]", 1, 2, '".5" is not a number'],
    ["[1.]", 1, 2, '"1." is not a number'],
    ["[1e]", 1, 2, '"1e" is not a number'],
    ["[0x10]", 1, 3, '"x10" stands at column 3 where "," or "]" is expected'],
    ["[1_000]", 1, 3, '"_000" stands at column 3 where "," or "]" is expected'],
    ["[--1]", 1, 2, '"--1" is not a number'],
    ["-Infinity", 1, 1, '"-" is not a number'],
  ])("%j", (text, line, column, problem) => {
    expect(parse(text)).toMatchObject({
      ok: false,
      place: "in",
      problem: `not JSON: ${problem}`,
      line,
      column,
    });
  });
});

describe("parseStrictJson refuses JSON that is not the kernel's, with the member's place", () => {
  it.each([
    ["1.5", "in", 1, "1.5 is not an integer in plain digits; write whole numbers, or text"],
    ['{"a":1.0}', "in.a", 6, "1.0 is not an integer in plain digits; write whole numbers, or text"],
    [
      '{"a":[1,1e3]}',
      "in.a[1]",
      9,
      "1e3 is not an integer in plain digits; write whole numbers, or text",
    ],
    ["[1E3]", "in[0]", 2, "1E3 is not an integer in plain digits; write whole numbers, or text"],
    ["[-0]", "in[0]", 2, "-0 is refused; write 0"],
    ["[-0.0]", "in[0]", 2, "-0.0 is not an integer in plain digits; write whole numbers, or text"],
    [
      "9007199254740992",
      "in",
      1,
      "9007199254740992 is beyond the safe integers, ±9007199254740991; write it as text",
    ],
    [
      "-9007199254740992",
      "in",
      1,
      "-9007199254740992 is beyond the safe integers, ±9007199254740991; write it as text",
    ],
    ['{"a":1,"b":{"c":1,"c":2}}', "in.b", 19, 'the key "c" is there twice'],
    ['{"a":1,"\\u0061":2}', "in", 8, 'the key "a" is there twice'],
    ['{"__proto__":1}', "in", 2, 'the key "__proto__" is refused; choose another name'],
    [
      '{"a":{"\\u005f_proto__":1}}',
      "in.a",
      7,
      'the key "__proto__" is refused; choose another name',
    ],
    [
      '{"0":1}',
      "in",
      2,
      'the key "0" looks like an array index; begin it with a letter, or use a list',
    ],
    [
      '{"a":1,"12":1}',
      "in",
      8,
      'the key "12" looks like an array index; begin it with a letter, or use a list',
    ],
    ['["\\ud800"]', "in[0]", 2, '"\\ud800" has a lone surrogate'],
    ['["\\ude00\\ud83d"]', "in[0]", 2, '"\\ude00\\ud83d" has a lone surrogate'],
    ['["\ud800"]', "in[0]", 2, '"\\ud800" has a lone surrogate'],
    ['{"\\udc00":1}', "in", 2, '"\\udc00" has a lone surrogate'],
    [
      `${"[".repeat(33)}${"]".repeat(33)}`,
      `in${"[0]".repeat(32)}`,
      33,
      "objects and arrays are more than 32 deep",
    ],
    [
      `${'{"a":'.repeat(33)}1${"}".repeat(33)}`,
      `in${".a".repeat(32)}`,
      161,
      "objects and arrays are more than 32 deep",
    ],
  ])("%s", (text, place, column, problem) => {
    expect(parse(text)).toMatchObject({
      ok: false,
      place,
      problem,
      line: 1,
      column,
      offset: column - 1,
    });
  });

  it("at its own line and column in a longer text", () => {
    expect(parse('{\n  "a": 1,\r\n  "b": 0.5\n}')).toMatchObject({
      place: "in.b",
      line: 3,
      column: 8,
      offset: 20,
    });
  });

  it("however deep, without a stack of its own", () => {
    expect(parse("[".repeat(1_000_000))).toMatchObject({
      column: 33,
      problem: "objects and arrays are more than 32 deep",
    });
    expect(parse('{"a":'.repeat(200_000))).toMatchObject({ column: 161 });
    const legal = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    expect(parse(legal)).toMatchObject({
      column: 33,
      problem: "objects and arrays are more than 32 deep",
    });
  });

  it("over a bound of bytes, before it looks at them", () => {
    expect(parseStrictJson('"€"', { place: "in", bytesMax: 5 })).toMatchObject({ ok: true });
    expect(parseStrictJson('"€"', { place: "in", bytesMax: 4 })).toMatchObject({
      ok: false,
      place: "in",
      problem: "the text has 5 bytes; at most 4 bytes",
      line: 1,
      column: 1,
    });
    expect(parseStrictJson("x".repeat(9), { place: "in", bytesMax: 8 })).toMatchObject({
      problem: "the text has 9 characters; at most 8 bytes",
    });
  });
});

describe("parseStrictJson lets in", () => {
  it.each([
    ['{"a":[1,-2,0],"b":{"c":null,"d":"é"}}', true],
    ['{"b":1,"a":{"d":1,"c":2}}', false],
    [' {"a" : [ 1 ,\t2 ]\r\n} ', false],
    ['"\\u0041"', false],
    ['"\\/"', false],
    ['"\\ud83d\\ude00"', false],
    ['"😀"', true],
    ['"\\\\ud800"', true],
    ['"\\u0000\\n\\"\\\\"', true],
    ['"\\b\\f\\n\\r\\t\\u001f"', true],
    ["9007199254740991", true],
    ["-9007199254740991", true],
    ["[]", true],
    ["{}", true],
    ["[ ]", false],
    ["{ }", false],
    ["null", true],
    ["false", true],
    [" true", false],
    ['{"constructor":1,"prototype":2,"toString":3}', true],
    ['{"4294967295":1,"a":2}', true],
    ['{"00":1}', true],
  ])("%s (canonical: %j)", (text, canonical) => {
    const parsed = parse(text);
    expect(parsed).toMatchObject({ ok: true, canonical });
    expect(parsed.ok && parsed.value).toEqual(JSON.parse(text));
  });

  it("values in canonical key order, whichever way the text took", () => {
    for (const text of ['{"b":1,"a":{"d":1,"c":2}}', '{ "b":1,"a":{"d":1,"c":2}}']) {
      const parsed = parse(text);
      expect(parsed.ok && JSON.stringify(parsed.value)).toBe('{"a":{"c":2,"d":1},"b":1}');
    }
  });

  it("32 levels, and as many as it is told", () => {
    const deep = (depth: number, space = ""): string =>
      `${"[".repeat(depth)}${space}${"]".repeat(depth)}`;
    for (const space of ["", " "]) {
      expect(parse(deep(32, space)).ok).toBe(true);
      expect(parse(deep(33, space)).ok).toBe(false);
      expect(parseStrictJson(deep(3, space), { place: "", depthMax: 3 }).ok).toBe(true);
      expect(parseStrictJson(deep(3, space), { place: "", depthMax: 2 }).ok).toBe(false);
      expect(parseStrictJson(deep(40, space), { place: "", depthMax: 40 }).ok).toBe(true);
    }
  });
});

describe("parseStrictJson takes linear time", () => {
  it.each([
    [
      "many keys",
      (size: number) =>
        `{${Array.from({ length: size / 8 }, (_, index) => `"k${index}" : 1`).join(",")}}`,
    ],
    ["one long string", (size: number) => `"${"\\n".repeat(size / 2)}"  `],
    ["many lines before an error", (size: number) => `${"\n".repeat(size)}x`],
    ["quotes that never close", (size: number) => `[${'"",'.repeat(size / 3)}"`],
    ["digits", (size: number) => "9".repeat(size)],
    ["a number of letters", (size: number) => `[${"e".repeat(size)}`],
  ])("%s: half a megabyte is a matter of milliseconds", (_, textOf) => {
    const text = textOf(1 << 19);
    expect(cpuTimeMs(() => parse(text))).toBeLessThan(1_000);
  });
});
