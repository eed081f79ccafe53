import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Document, visit } from "yaml";
import type { Json } from "../json/json.ts";
import { kernelJson } from "../testing/kernel-json.ts";
import { scanDepth } from "./scan.ts";

/** The depth that the scan sees: the least limit that lets the text pass. */
function scannedDepth(text: string): number {
  let depth = 0;
  while (scanDepth(text, depth) !== undefined) depth += 1;
  return depth;
}

function depthOf(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("scanDepth counts maps and lists", () => {
  it.each<readonly [text: string, depth: number]>([
    ["", 0],
    ["word", 0],
    ["# only [a, comment]", 0],
    ["a: 1", 1],
    ["a:\n  b:\n    c: 1", 3],
    ["a: 1\nb: 2\nc:\n  d: 1\ne: 2", 2],
    ["- a\n- b", 1],
    ["a:\n- x\n- y\nb: 1", 2],
    ["a:\n- x:\n  - y: 1\nb:\n- 1", 5],
    ["- - - x", 3],
    ["- - a\n  - b\n- c", 2],
    ["- a: 1\n  b:\n  - c", 3],
    ["-\n  - x", 2],
    ["-\t- x", 2],
    ["? a\n: b", 1],
    ["? - a\n: - b", 2],
    ["? a: 1\n: b: 2", 2],
    ["[[[]]]", 3],
    ["{a: {b: [1]}}", 3],
    ["a: [1, [2]]\nb: 1", 3],
    ["- [[]]\n- []", 3],
    ["[a]: 1", 1],
    ['{"a":[1],"b":{"c":2}}', 2],
    ["[\"[\", '[', a[b, \"\\\"[\", 'it''s [']", 2],
    ["[it's, [a], don't]", 2],
    ["[a\n 'b, [c]]", 2],
    ["[a #[[[\n, b]", 1],
    ["[a#[b]]", 2],
    ['a: \'x [[[\n  [[[ \'\nb: "[[[ \\" [[ \n [ "', 1],
    ["'a': 1\n\"b\":\n  c: 1", 2],
    ["a: |\n  - - - x\n  [[[\n\n   b:\n    c:\nd: 1", 1],
    ["a: >-\n\n  [[[\nb:\n- |\n  - - -\n- 1", 2],
    ["- |\n [[[\n- x", 1],
    ["- |2\n    [[[\n   - - -\n- x", 1],
    ["--- |\n- - -\n[[[", 0],
    ["|\n  a:\n   b:", 0],
    ["a: b\n  - c\n  - - d\n  [[[\ne: 1", 1],
    ["a: b # - - -\nc: 1", 1],
    ["a:\n  b\n  - - c\nd: 1", 1],
    ["a\n- - b", 0],
    ["a: b\n\n\n  - - c", 1],
    ["a: b\n# c\nd:\n  e: 1", 2],
    ["a:b: [c]", 2],
    ["http://x/[[[: 1", 1],
    ["a: -1\nb: ?x\nc: :y", 1],
    ["- -1\n- ?x\n- :y\n- -", 2],
    ["  a: 1\n  b:\n    - 1", 2],
    ["a:\n  b: 1\n\n \t \n  # x\n  c:\n    d: 1", 3],
    ["--- a\n...\n---\na:\n  b: 1\n--- [1]\n", 2],
    ["a: &x\n  b: !t\n    - 1", 3],
    ["&a b: 1\n!t c:\n  d: 1", 2],
    ["a: !t |\n  - - -\nb: 1", 1],
    ["a: !t # x\n  b: 1", 2],
    ["a:\n    b:\n  c: 1", 2],
    ['a: "x\\\n  [[["\nb: 1', 1],
    ['a: "\\\\"\nb: [1]', 2],
    ["a: ''\nb: ''''\nc: []", 2],
    ["key with spaces: 1\nother # no: comment", 1],
    ["a: x#y\nb: [x#y]", 2],
    ["{a: b, ? c : [d]}", 2],
    ['{"a":"]", "b":\'}\', c: [1]}', 2],
  ])("%j", (text, depth) => expect(scannedDepth(text)).toBe(depth));

  it("names the offset of the first that is too deep", () => {
    expect(scanDepth("a:\n  b:\n    c: 1", 2)).toBe("a:\n  b:\n    c".length);
    expect(scanDepth("[[[", 2)).toBe(2);
    expect(scanDepth("x: 1\ny: [[]]", 2)).toBe("x: 1\ny: [".length);
    expect(scanDepth("- - - x", 2)).toBe(4);
  });
});

/** YAML of a value in random styles: widths, block and flow, quotes, folded and literal text, lists at their key's column. */
const styledYaml = fc.tuple(
  kernelJson(),
  fc.record({
    indent: fc.integer({ min: 2, max: 6 }),
    indentSeq: fc.boolean(),
    lineWidth: fc.constantFrom(0, 20, 40, 80),
    minContentWidth: fc.constantFrom(0, 20),
    simpleKeys: fc.boolean(),
    flowCollectionPadding: fc.boolean(),
    defaultStringType: fc.constantFrom(
      "PLAIN" as const,
      "QUOTE_DOUBLE" as const,
      "QUOTE_SINGLE" as const,
      "BLOCK_LITERAL" as const,
      "BLOCK_FOLDED" as const,
    ),
    defaultKeyType: fc.constantFrom("PLAIN" as const, "QUOTE_DOUBLE" as const, null),
  }),
  fc.integer({ min: 1, max: 6 }),
);

function write([value, options, flowEvery]: typeof styledYaml extends fc.Arbitrary<infer T>
  ? T
  : never): string | undefined {
  const document = new Document(value);
  let count = 0;
  visit(document, {
    Collection: (_, node) => {
      count += 1;
      node.flow = count % flowEvery === 0;
    },
  });
  try {
    return document.toString(options);
  } catch {
    // The library refuses to write some keys in some styles (`simpleKeys`).
    return undefined;
  }
}

describe("scanDepth on what a writer of YAML makes", () => {
  it("counts exactly", () => {
    fc.assert(
      fc.property(styledYaml, (styled) => {
        const text = write(styled);
        fc.pre(text !== undefined);
        expect(scannedDepth(text)).toBe(depthOf(styled[0]));
      }),
      { numRuns: 400 * (Number(process.env["SWOOSH_SOAK"] ?? 0) * 50 + 1) },
    );
  });
});
