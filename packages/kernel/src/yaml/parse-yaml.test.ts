import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { Json } from "../json/json.ts";
import { CHART_BYTES_MAX } from "../limits.ts";
import { cpuTimeMs } from "../testing/cpu-time.ts";
import { kernelJson } from "../testing/kernel-json.ts";
import { parseYaml } from "./parse-yaml.ts";

const example = readFileSync(
  new URL("../../../../examples/order/example-chart.yaml", import.meta.url),
  "utf8",
);

describe("parseYaml reads", () => {
  it.each<readonly [text: string, value: Json]>([
    ["a: 1\nb: -2\nc: 0", { a: 1, b: -2, c: 0 }],
    [
      "a: 9007199254740991\nb: -9007199254740991",
      { a: 9_007_199_254_740_991, b: -9_007_199_254_740_991 },
    ],
    ["a: true\nb: False\nc: TRUE", { a: true, b: false, c: true }],
    [
      "a: yes\nb: No\nc: on\nd: off\ne: y\nf: tRue",
      { a: "yes", b: "No", c: "on", d: "off", e: "y", f: "tRue" },
    ],
    [
      "a: null\nb: ~\nc:\nd: Null\ne: NULL\nf: nULL",
      { a: null, b: null, c: null, d: null, e: null, f: "nULL" },
    ],
    ["a: '1'\nb: \"true\"\nc: 'null'\nd: \"\"", { a: "1", b: "true", c: "null", d: "" }],
    [
      "a: 12:30\nb: 2001-01-01\nc: 1.2.3\nd: 0xZZ\ne: 1a\ng: --1\nh: .\ni: +\nj: 1__x",
      {
        a: "12:30",
        b: "2001-01-01",
        c: "1.2.3",
        d: "0xZZ",
        e: "1a",

        g: "--1",
        h: ".",
        i: "+",
        j: "1__x",
      },
    ],
    ["on: 1\noff: 2\ny: 3\nno: 4", { on: 1, off: 2, y: 3, no: 4 }],
    [
      "constructor: 1\ntoString: {prototype: 2}\n01: 3".replace("01", '"01"'),
      { constructor: 1, toString: { prototype: 2 }, "01": 3 },
    ],
    ['"<<": 1\n"&a": "*b"\n"!": "%"', { "<<": 1, "&a": "*b", "!": "%" }],
    ["a: 1 # c\n...\n# d", { a: 1 }],
    ["--- # c\na: 1", { a: 1 }],
    ["--- text", "text"],
    ["~", null],
    ["'s'", "s"],
    ["[a: b, c, {d}]", [{ a: "b" }, "c", { d: null }]],
    ["? a\n? b\n: 1", { a: null, b: 1 }],
    ["a: |\n  x\n   y\n\nb: >-\n  x\n  y\nc: |2-\n    z", { a: "x\n y\n", b: "x y", c: "  z" }],
    [
      "a: 'it''s'\nb: \"q\\n\\u0041\\x42\"\nc: two\n  lines\nd: \"two\n  lines\"",
      { a: "it's", b: "q\nAB", c: "two lines", d: "two lines" },
    ],
    [
      "\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\nc: p\r\n  q\r\nd: 'r\r\n\r\n  s'\r\n",
      { a: 1, b: "x\ny\n", c: "p q", d: "r\ns" },
    ],
    ["a:\t1\nb: [1,\t2]", { a: 1, b: [1, 2] }],
    ["a: \u0085\u007f😀", { a: "\u0085\u007f😀" }],
    [
      '{"json": [1, {"like": null}], "e": "\\ud83d\\ude00"}',
      { json: [1, { like: null }], e: "😀" },
    ],
  ])("%j", (text, value) => {
    const parsed = parseYaml(text);
    expect(parsed.problems).toEqual([]);
    expect(parsed.value).toEqual(value);
    expect(JSON.stringify(parsed.value)).toBe(JSON.stringify(value));
  });

  it("keys in the order of the file", () => {
    expect(Object.keys(Object(parseYaml("b: 1\na: 2\nB: 3\n_: 4").value))).toEqual([
      "b",
      "a",
      "B",
      "_",
    ]);
  });

  it("nothing into any prototype", () => {
    parseYaml(
      "constructor: {prototype: {polluted: 1}}\nx: {__proto__: {polluted: 1}}\n__proto__: {polluted: 1}",
    );
    expect({}).not.toHaveProperty("polluted");
  });

  it("what a writer of YAML has written", () => {
    const options = fc.record({
      indent: fc.integer({ min: 1, max: 6 }),
      lineWidth: fc.constantFrom(0, 20, 80),
      defaultStringType: fc.constantFrom(
        "PLAIN" as const,
        "QUOTE_DOUBLE" as const,
        "QUOTE_SINGLE" as const,
        "BLOCK_FOLDED" as const,
        "BLOCK_LITERAL" as const,
      ),
      collectionStyle: fc.constantFrom("any" as const, "block" as const, "flow" as const),
    });
    fc.assert(
      fc.property(kernelJson(), options, (value, style) => {
        const text = stringify(value, { ...style, schema: "core", aliasDuplicateObjects: false });
        const { value: read, problems } = parseYaml(text);
        // The writer leaves control characters of JSON as they are in plain text; those are refused. It also
        // loses some text of nothing but spaces: so the library's reader says what was written.
        const isRefused = problems.some(({ message }) => message.startsWith("the character U+00"));
        const written: unknown = parse(text, { schema: "core" });
        expect(isRefused ? written : read).toEqual(written);
        expect(problems.length > 0).toBe(isRefused);
      }),
      { numRuns: 300 * (Number(process.env["SWOOSH_SOAK"] ?? 0) * 50 + 1) },
    );
  });

  it("the example chart", () => {
    const { value, problems } = parseYaml(example);
    expect(problems).toEqual([]);
    expect(value).toMatchObject({
      chart: "order",
      version: 1,
      config: { limit: 10 },
      regions: ["Flow", "Control"],
    });
  });

  it("any text without throwing, and says where it refuses", () => {
    const piece = fc.constantFrom(
      "a",
      "b:",
      ": ",
      "- ",
      "? ",
      "[",
      "]",
      "{",
      "}",
      ",",
      '"',
      "'",
      "|",
      ">",
      "\n",
      "\n ",
      "\n  ",
      " #",
      "&a",
      "*a",
      "!t",
      "<<",
      "---\n",
      "...\n",
      "%Y",
      "1",
      "1.5",
      "\t",
      "\r\n",
      "\ufeff",
      "\\",
      "~",
      "\ud800",
      "\u001f",
      "__proto__",
      "😀",
    );
    const text = fc.array(piece, { maxLength: 16 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: "binary" })), (source) => {
        const { value, problems } = parseYaml(source);
        expect(value === undefined).toBe(problems.length > 0);
        const lines = source.split("\n").length;
        for (const { line, column } of problems) {
          expect(line >= 1 && line <= lines && column >= 1).toBe(true);
        }
      }),
      { numRuns: 3_000 * (Number(process.env["SWOOSH_SOAK"] ?? 0) * 50 + 1) },
    );
  });
});

describe("positions", () => {
  const text = [
    "chart: order",
    "states:",
    "  A:",
    "    - x",
    '    - { when: "a > b" }',
    "  'B C': 'it'",
    'guards: { g: a + b, h: "q\\"r", i: |',
    "  x",
    "  }",
  ]
    .slice(0, 6)
    .concat("g: a + b", 'h: "q\\"r"', "i: |", "  x > y", "j: p", "  q", "k: 'a''b'", "l:")
    .join("\n");
  const { positions, problems } = parseYaml(text);

  it.each<readonly [path: readonly (string | number)[], key: string, value: string]>([
    [[], "1:1", "1:1"],
    [["chart"], "1:1", "1:8"],
    [["states"], "2:1", "3:3"],
    [["states", "A"], "3:3", "4:5"],
    [["states", "A", 0], "4:7", "4:7"],
    [["states", "A", 1], "5:7", "5:7"],
    [["states", "A", 1, "when"], "5:9", "5:15"],
    [["states", "B C"], "6:3", "6:10"],
    [["l"], "14:1", "14:3"],
    [["states", "A", 7, "x"], "3:3", "4:5"],
    [["nowhere", "at", "all"], "1:1", "1:1"],
    [["states", "missing"], "2:1", "3:3"],
  ])("%j", (path, key, value) => {
    expect(problems).toEqual([]);
    const show = ({ line, column }: { line: number; column: number }): string =>
      `${line}:${column}`;
    expect([show(positions.key(path)), show(positions.value(path))]).toEqual([key, value]);
  });

  it.each<
    readonly [path: readonly (string | number)[], offset: number, line: number, column: number]
  >([
    [["chart"], 2, 1, 10],
    [["g"], 4, 7, 8],
    [["states", "A", 1, "when"], 4, 5, 20],
    [["states", "B C"], 1, 6, 12],
    // Written with an escape, over several lines or as a block: the value's beginning.
    [["h"], 2, 8, 4],
    [["i"], 2, 9, 4],
    [["j"], 2, 11, 4],
    [["k"], 2, 13, 4],
    [["chart", "x"], 2, 1, 8],
    [["states"], 2, 3, 3],
  ])("within %j", (path, offset, line, column) => {
    expect(positions.within(path, offset)).toEqual({ line, column });
  });

  it("are there for a file that could not be read: its first character", () => {
    expect(parseYaml("[".repeat(40)).positions.value(["a"])).toEqual({ line: 1, column: 1 });
  });

  it("count neither a byte order mark nor carriage returns", () => {
    const marked = parseYaml("\ufeffa: 1\r\nb: 2\r\n").positions;
    expect([marked.key(["a"]), marked.value(["b"])]).toEqual([
      { line: 1, column: 1 },
      { line: 2, column: 4 },
    ]);
  });
});

describe("speed", () => {
  it("a legal chart of 128 KiB loads within 1 ms a KiB", () => {
    const body = example
      .split("\n")
      .filter((line) => !/^(chart|version):/.test(line))
      .map((line) => `    ${line}`)
      .join("\n");
    let text = "";
    for (let part = 0; text.length + body.length < CHART_BYTES_MAX - 40; part += 1)
      text += `part${part}:\n  sub:\n${body}\n`;
    const times = Array.from({ length: 9 }, () => cpuTimeMs(() => parseYaml(text)));
    expect(parseYaml(text).problems).toEqual([]);
    expect(Math.min(...times)).toBeLessThan(text.length / 1024);
  });
});
