import { describe, expect, it } from "vitest";
import { CHART_BYTES_MAX, YAML_PROBLEMS_MAX } from "../limits.ts";
import { cpuTimeMs } from "../testing/cpu-time.ts";
import { parseYaml } from "./parse-yaml.ts";
import { OVERSIZED } from "./test/oversized.ts";

const KEYS = "put it in quotes, or choose another name";
const DIGITS = "but not an integer in plain digits; write it so, or put text in quotes";
const INDEX = "looks like an array index; begin it with a letter, or use a list";

/** `line:column message`, with the path before the message where there is one. */
function problemsOf(text: string): readonly string[] {
  const parsed = parseYaml(text);
  expect(parsed.value === undefined).toBe(parsed.problems.length > 0);
  return parsed.problems.map(
    ({ line, column, path, message }) =>
      `${line}:${column} ${path.length === 0 ? "" : `[${path.join(".")}] `}${message}`,
  );
}

describe("parseYaml refuses", () => {
  it.each<readonly [text: string, ...problems: string[]]>([
    [
      "a: &x 1\nb: *x",
      '1:4 the anchor "&x" is refused; nothing can refer to it',
      '2:4 the alias "*x" is refused; write the value out',
    ],
    ["&r [a]", '1:1 the anchor "&r" is refused; nothing can refer to it'],
    ["- *", '1:3 the alias "*" is refused; write the value out'],
    [
      "*a : 1",
      '1:1 the alias "*a" is refused; write the value out',
      "1:1 a key that is no text is refused; keys are strings",
    ],
    [
      "a: !!int 3",
      '1:4 the tag "!!int" is refused; a value is what it looks like, quotes make a string',
    ],
    ["a: ! b", '1:4 the tag "!" is refused; a value is what it looks like, quotes make a string'],
    [
      "a: !Ref {b: 1}",
      '1:4 the tag "!Ref" is refused; a value is what it looks like, quotes make a string',
    ],
    [
      "a: !<tag:yaml.org,2002:str> b",
      '1:4 the tag "!<tag:yaml.org,2002:str>" is refused; a value is what it looks like, quotes make a string',
    ],
    [
      "a: !!binary aGk=",
      '1:4 the tag "!!binary" is refused; a value is what it looks like, quotes make a string',
    ],
    [
      "a: !!set {b}",
      '1:4 the tag "!!set" is refused; a value is what it looks like, quotes make a string',
    ],
    [
      "%YAML 1.2\n---\na: 1",
      '1:1 the directive "%YAML 1.2" is refused; this is YAML 1.2 without directives',
    ],
    [
      "%YAML 1.1\n---\na: 1",
      '1:1 the directive "%YAML 1.1" is refused; this is YAML 1.2 without directives',
    ],
    [
      "%TAG ! x\n---\na: 1",
      '1:1 the directive "%TAG ! x" is refused; this is YAML 1.2 without directives',
    ],
    ["<<: {a: 1}", "1:1 the merge key << is refused; write the members out"],
    ["x: {<<: 1}", "1:5 [x] the merge key << is refused; write the members out"],
    ["a: 1\n---\nb: 2", "2:1 a second document begins here; a file holds one"],
    ["a: 1\n...\nb: 2", "3:1 a second document begins here; a file holds one"],
    [
      "a: 1\n---\n---\n",
      "2:1 a second document begins here; a file holds one",
      "3:1 a second document begins here; a file holds one",
    ],
    ["a: 1\nb: 2\na: 3", '3:1 the key "a" is there twice'],
    ['x:\n  - {a: 1, "a": 2}', '2:12 [x.0] the key "a" is there twice'],
    ["1: a", `1:1 the key 1 is no string; keys are strings: ${KEYS}`],
    ["true: a", `1:1 the key true is no string; keys are strings: ${KEYS}`],
    ["null: a", `1:1 the key null is no string; keys are strings: ${KEYS}`],
    ["~: a", `1:1 the key ~ is no string; keys are strings: ${KEYS}`],
    ["1.5: a", `1:1 the key 1.5 is no string; keys are strings: ${KEYS}`],
    [": a", `1:1 an empty key is no string; keys are strings: ${KEYS}`],
    ["? [a]\n: b", "1:3 a key that is no text is refused; keys are strings"],
    ["{a: b}: c", "1:1 a key that is no text is refused; keys are strings"],
    ["__proto__: 1", '1:1 the key "__proto__" is refused; choose another name'],
    ['a: {"__proto__": {b: 1}}', '1:5 [a] the key "__proto__" is refused; choose another name'],
    ['"10": 1', `1:1 the key "10" ${INDEX}`],
    ["'0': 1", `1:1 the key "0" ${INDEX}`],
    ['"\\ud800": 1', '1:1 the key "\\ud800" has a lone surrogate'],
    ['a: "\\ud800x"', '1:4 [a] "\\ud800x" has a lone surrogate'],
    ["a: 1.5", `1:4 [a] 1.5 is a number, ${DIGITS}`],
    ["a: 1.0", `1:4 [a] 1.0 is a number, ${DIGITS}`],
    ["a: 1.", `1:4 [a] 1. is a number, ${DIGITS}`],
    ["a: .5", `1:4 [a] .5 is a number, ${DIGITS}`],
    ["a: -.5e3", `1:4 [a] -.5e3 is a number, ${DIGITS}`],
    ["a: 1e3", `1:4 [a] 1e3 is a number, ${DIGITS}`],
    ["a: +1", `1:4 [a] +1 is a number, ${DIGITS}`],
    ["a: 017", `1:4 [a] 017 is a number, ${DIGITS}`],
    ["a: -01", `1:4 [a] -01 is a number, ${DIGITS}`],
    ["a: 0x1F", `1:4 [a] 0x1F is a number, ${DIGITS}`],
    ["a: 0o17", `1:4 [a] 0o17 is a number, ${DIGITS}`],
    ["a: 0b101", `1:4 [a] 0b101 is a number, ${DIGITS}`],
    ["a: 1_000", `1:4 [a] 1_000 is a number, ${DIGITS}`],
    ["a: 1_000.5", `1:4 [a] 1_000.5 is a number, ${DIGITS}`],
    ["a: .inf", `1:4 [a] .inf is a number, ${DIGITS}`],
    ["a: -.INF", `1:4 [a] -.INF is a number, ${DIGITS}`],
    ["a: +.Inf", `1:4 [a] +.Inf is a number, ${DIGITS}`],
    ["a: .NaN", `1:4 [a] .NaN is a number, ${DIGITS}`],
    ["a: -0", "1:4 [a] -0 is refused; write 0"],
    [
      "a: 9007199254740992",
      "1:4 [a] 9007199254740992 is beyond the safe integers, ±9007199254740991; write it as text",
    ],
    [
      "- -9007199254740992",
      "1:3 [0] -9007199254740992 is beyond the safe integers, ±9007199254740991; write it as text",
    ],
    ["", "1:1 the file holds no value"],
    ["# nothing\n\n", "1:1 the file holds no value"],
    ["---\n", "1:1 the file holds no value"],
    ["a:\n\tb: 1", "2:1 not YAML: tabs are not allowed as indentation; use spaces"],
    [
      "a: b: c",
      '1:4 not YAML: a second ": " in one line; put a text that has ": " in it in quotes',
    ],
    [
      "a:\n  b: 1\n c: 2\n d: 3",
      "3:1 not YAML: the indentation fits no line above; keys of one map and items of one list begin in the same column",
    ],
    [
      "a:1\nb: 2",
      '1:1 not YAML: this line is neither "key: value" nor "- item"; a space must follow the ":"',
    ],
    ["a: {\nb: 2", '2:1 not YAML: a "{" before this place is not closed by a "}"'],
    [
      "a: 1\rb: 2\r",
      "1:5 lines end with a carriage return alone; save the file with LF or CRLF line ends",
    ],
    ['a: "x', '1:6 not YAML: the closing " is missing'],
    ["a: 'x", "1:6 not YAML: the closing ' is missing"],
    ["[1, 2", "1:6 not YAML: flow sequence must end with a ]"],
    ["a: @x", "1:4 not YAML: plain value cannot start with reserved character @"],
    ['a: "\\q"', "1:5 not YAML: invalid escape sequence \\q"],
    ["a: [1] }", '1:8 not YAML: unexpected "}" after the end of the value'],
    [
      "- a\nb: 1",
      "2:1 not YAML: unexpected text at node end",
      '2:2 not YAML: unexpected ":" after the end of the value',
      "2:4 not YAML: unexpected text after the end of the value",
    ],
    [
      "a: \u0001",
      "1:4 the character U+0001 is refused; in double quotes it can be written as an escape",
    ],
    [
      "a: \u001f\u0002",
      "1:4 the character U+001F is refused; in double quotes it can be written as an escape",
      "1:5 the character U+0002 is refused; in double quotes it can be written as an escape",
    ],
    [
      "a: x\rb: y",
      "1:5 lines end with a carriage return alone; save the file with LF or CRLF line ends",
    ],
    [
      "a: \ud800",
      "1:4 the character U+D800 is refused; in double quotes it can be written as an escape",
    ],
    [
      "a: \0",
      "1:4 the character U+0000 is refused; in double quotes it can be written as an escape",
    ],
  ])("%j", (text, ...problems) => expect(problemsOf(text)).toEqual(problems));

  it("once what the library finds twice", () => {
    expect(problemsOf("a: [[x? ")).toEqual([
      '1:9 not YAML: a "[" before this place is not closed by a "]"',
    ]);
  });

  it("everything at once, in order, each with its place", () => {
    const text =
      "chart: &c order\nversion: 1.0\nversion: 2\nstates:\n  A: !!map {}\n  1: {}\n  B: [0x10, *c]\n";
    expect(problemsOf(text)).toEqual([
      '1:8 the anchor "&c" is refused; nothing can refer to it',
      `2:10 [version] 1.0 is a number, ${DIGITS}`,
      '3:1 the key "version" is there twice',
      '5:6 the tag "!!map" is refused; a value is what it looks like, quotes make a string',
      `6:3 [states] the key 1 is no string; keys are strings: ${KEYS}`,
      `7:7 [states.B.0] 0x10 is a number, ${DIGITS}`,
      '7:13 the alias "*c" is refused; write the value out',
    ]);
  });

  it("and still gives what could be read, for finding more; not where the structure is in doubt", () => {
    expect(parseYaml("a: 1.5\nb: [1, .inf]\n1: x\nc: y\na: 2").partial).toEqual({
      a: null,
      b: [1, null],
      c: "y",
    });
    expect(parseYaml("a: 1\nb: [").partial).toBeUndefined();
    expect(parseYaml("a: 1").partial).toEqual({ a: 1 });
  });
});

describe("parseYaml refuses what is over its limits", () => {
  const list = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  const block = (depth: number): string =>
    Array.from({ length: depth }, (_, level) => `${" ".repeat(level)}a:`).join("\n");

  it.each<readonly [name: string, text: string, line: number, column: number]>([
    ["lists", list(33), 1, 33],
    ["maps", `${"{a: ".repeat(33)}${"}".repeat(33)}`, 1, 129],
    ["blocks", block(33), 33, 34],
    ["dashes", "- ".repeat(33), 1, 65],
    ["pairs in lists, which only the tree shows", `${"[a: ".repeat(17)}1${"]".repeat(17)}`, 1, 65],
    ["brackets in a block", `${block(20)} ${list(13)}`, 20, 35],
    [
      "lines ever further in, which are not YAML",
      Array.from({ length: 60 }, (_, level) => `${" ".repeat(level)}a: x`).join("\n"),
      48,
      49,
    ],
  ])("33 levels: %s", (_, text, line, column) => {
    const { problems, value, partial } = parseYaml(text);
    expect(
      problems.find(({ message }) => message === "maps and lists are more than 32 deep"),
    ).toMatchObject({ line, column });
    expect([value, partial === undefined || problems.length === 1]).toEqual([undefined, true]);
  });

  it("32 levels are let in, or as many as it is told", () => {
    for (const text of [list(32), block(32), `${"[a: ".repeat(16)}1${"]".repeat(16)}`])
      expect(parseYaml(text).problems).toEqual([]);
    expect(parseYaml(list(3), { depthMax: 2 }).problems).toMatchObject([
      { message: "maps and lists are more than 2 deep", column: 3 },
    ]);
    expect(parseYaml("[a: 1]", { depthMax: 1 }).problems).toMatchObject([
      { message: "maps and lists are more than 1 deep", path: [0] },
    ]);
    expect(parseYaml(list(40), { depthMax: 40 }).problems).toEqual([]);
  });

  it("128 KiB in UTF-8", () => {
    const fill = (bytes: number, unit: string): string =>
      `a: ${unit.repeat((bytes - 3) / new TextEncoder().encode(unit).length)}`;
    expect(parseYaml(fill(CHART_BYTES_MAX, "x")).problems).toEqual([]);
    expect(parseYaml(fill(CHART_BYTES_MAX + 1, "x")).problems).toEqual([
      {
        message: "the file has 131073 characters; at most 131072 bytes",
        path: [],
        line: 1,
        column: 1,
      },
    ]);
    expect(parseYaml(fill(CHART_BYTES_MAX - 1, "é")).problems).toEqual([]);
    expect(parseYaml(fill(CHART_BYTES_MAX + 1, "é")).problems).toMatchObject([
      { message: "the file has 131073 bytes; at most 131072 bytes" },
    ]);
    expect(parseYaml("a: 12", { bytesMax: 4 }).problems).toMatchObject([
      { message: "the file has 5 characters; at most 4 bytes" },
    ]);
  });

  it.each<readonly [name: string, fragment: string]>([
    ["open lists", "["],
    ["open maps", "{"],
    ["pairs", "{a: "],
    ["dashes", "- "],
    ["question marks", "? "],
    ["keys on one line", "a: "],
    ["steps", "a:\n "],
    ["anchors", "&a "],
    ["aliases", "*a,"],
    ["closed lists", "[]"],
    ["closing brackets", "]"],
    ["quotes", '"'],
    ["documents", "---\n"],
    ["ends", "...\n"],
    ["colons", ":\n"],
    ["equal keys", "a:\n"],
    ["block scalars", "|\n"],
    ["letters", "a "],
    ["control characters", "\u0001"],
    ["surrogates", "\ud800"],
  ])("bombs of %s: soon, and not with more problems than anybody reads", (_, fragment) => {
    const text = fragment.repeat(CHART_BYTES_MAX / fragment.length - 1).slice(0, 40_000);
    const { problems } = parseYaml(text);
    expect(problems.length).toBeLessThanOrEqual(YAML_PROBLEMS_MAX);
    expect(fragment === "a " || fragment === "|\n" || problems.length > 0).toBe(true);
  });

  const overYaml = OVERSIZED.filter(({ edge }) => edge === "yaml");
  it.each(overYaml.map(({ name, text }) => [name, text()] as const))(
    "by a scan: %s within 50 ms and 32 MiB",
    (_, text) => {
      parseYaml(text);
      const before = process.memoryUsage().heapUsed;
      const elapsedMs = cpuTimeMs(() => parseYaml(text));
      expect(process.memoryUsage().heapUsed - before).toBeLessThan(32 * 1024 * 1024);
      expect(elapsedMs).toBeLessThan(50);
      expect(parseYaml(text).value).toBeUndefined();
    },
  );
});
