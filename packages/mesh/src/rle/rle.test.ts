import { describe, expect, it } from "vitest";
import { CONWAY, ruleOf } from "../automaton/rule.ts";
import { soup } from "../random/soup.ts";
import { createDraws } from "../seeded-draws.ts";
import { readRle, type RlePattern } from "./read-rle.ts";
import { writeRle } from "./write-rle.ts";

function mustRead(text: string): RlePattern {
  const read = readRle(text);
  if ("problem" in read) throw new Error(JSON.stringify(read.problem));
  return read.pattern;
}

function problemOf(text: string): string {
  const read = readRle(text);
  return "problem" in read
    ? `${read.problem.line}:${read.problem.column} ${read.problem.message}`
    : "read";
}

describe("readRle", () => {
  it("reads comments, header, rule and cells; a count may end a line", () => {
    const { cells, rule, comments } = mustRead(
      "#N Glider\r\n#C two lines\r\nx = 3, y = 3, rule = b3/s23\r\nbo$2\r\nbo$\r\n3o! what follows is no matter\r\n@",
    );
    expect(comments).toEqual(["N Glider", "C two lines"]);
    expect(rule).toEqual(CONWAY);
    expect([...cells.toBytes()]).toEqual([0, 1, 0, 0, 0, 1, 1, 1, 1]);
  });

  it("reads a header without rule, and rows that end early", () => {
    const { cells, rule } = mustRead("x=5,y=4\no3$5o!");
    expect(rule).toBeUndefined();
    expect([cells.population(), cells.get(0, 0), cells.get(4, 3)]).toEqual([6, 1, 1]);
  });

  it.each([
    ["", "1:1 the text ends before a header"],
    ["#C only\n\n", "3:1 the text ends before a header"],
    ["bo$2bo$3o!", '1:1 "bo$2bo$3o!" is no header'],
    ["x = 0, y = 3\n!", "1:1 x = 0; a pattern has 1 to 16384"],
    ["x = 3, y = 99999\n!", "1:8 y = 99999; a pattern"],
    ["x = 3, y = 3, rule = B0/S\n!", '1:22 the rule "B0/S" has B0'],
    ["#C a\nx = 3, y = 3\nbo$2b?o$3o!", '3:6 "?"; here are only'],
    ["x = 3, y = 3\nbA!", '2:2 "A", a state of a rule with more than two'],
    ["x = 3, y = 3\nbo$2bo$4o!", "2:9 row 3 reaches 4 cells in a pattern with x = 3"],
    ["x = 3, y = 3\nbo$2bo$3o$o!", "2:11 row 4 of a pattern with y = 3"],
    ["x = 3, y = 3\nbo$2bo$3o", "2:10 the text ends without !"],
    ["x = 3, y = 3\nbo$0bo!", "2:4 a run of 0"],
    ["x = 3, y = 3\n99999999999o!", "2:5 a run of 99999"],
    ["x = 3, y = 3\n3!", "2:2 a count of 3 before the end"],
    ["#Life 1.06\n0 0\n", "1:1 this is a Life 1.06 file"],
    ["[M2] (golly 3.3)\n", "1:1 this is a macrocell file"],
  ])("refuses %j with line, column and reason", (text, start) => {
    expect(problemOf(text)).toContain(start);
    expect(problemOf(text).startsWith(start)).toBe(true);
  });
});

describe("writeRle", () => {
  it.each([1, 2, 5, 33, 100])("is read again as the same grid, %d cells wide", (width) => {
    for (const densityPerMille of [0, 50, 500, 1_000]) {
      const grid = soup({ width, height: 23 }, { seed: width, densityPerMille });
      const text = writeRle(grid, ruleOf(1 << 3, 1 << 2));
      const pattern = mustRead(text);
      expect(pattern.cells.equals(grid)).toBe(true);
      expect(pattern.rule?.text).toBe("B3/S2");
      expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(70);
    }
  });
});

describe("readRle of a text with a slip", () => {
  const SLIPS = Number(process.env["SWOOSH_SOAK"] ?? 0) > 0 ? 50_000 : 1_500;

  it("reads a pattern or names a place in the text, whatever was changed, left out, doubled or swapped", () => {
    const draws = createDraws(1);
    const good = writeRle(soup({ width: 40, height: 9 }, { seed: 2 }), CONWAY);
    const alphabet = "bo$!0129 \n#xyr=,/BSA?é";
    let refused = 0;
    for (let slip = 0; slip < SLIPS; slip += 1) {
      const at = draws.below(good.length);
      const other = alphabet[draws.below(alphabet.length)] ?? "";
      const text = [
        good.slice(0, at) + other + good.slice(at + 1),
        good.slice(0, at) + good.slice(at + 1),
        good.slice(0, at) + other + good.slice(at),
        good.slice(0, at),
        good.slice(0, at) + (good[at + 1] ?? "") + (good[at] ?? "") + good.slice(at + 2),
      ][slip % 5];
      const read = readRle(text ?? "");
      if (!("problem" in read)) continue;
      refused += 1;
      const { line, column, message } = read.problem;
      const lines = (text ?? "").split("\n");
      expect([line >= 1 && line <= lines.length, column >= 1, message.length > 10]).toEqual([
        true,
        true,
        true,
      ]);
      expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
    }
    expect(refused).toBeGreaterThan(SLIPS / 5);
  });
});
