import { createContext, Script } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PATTERN_LENGTH_MAX, PATTERN_SIZE_MAX } from "../limits.ts";
import { automatonOf } from "./pattern-automaton.ts";
import { programOf, sizeOfPattern } from "./pattern-program.ts";
import { PatternSimulation } from "./pattern-simulation.ts";
import { parsePattern } from "./pattern-syntax.ts";
import { compilePattern } from "./pattern.ts";

function matches(source: string, text: string): boolean {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new Error(compiled.problem);
  return compiled.pattern.matches(text);
}

function problemOf(source: string): string {
  const compiled = compilePattern(source);
  return compiled.ok ? "" : compiled.problem;
}

describe("patterns match", () => {
  it.each<readonly [pattern: string, yes: readonly string[], no: readonly string[]]>([
    ["abc", ["abc", "xabcx"], ["ab", "", "acb"]],
    ["^abc$", ["abc"], ["xabc", "abcx", "abc\n"]],
    ["^$", [""], ["a"]],
    ["", ["", "a"], []],
    ["a|b|", ["", "x"], []],
    ["^(a|bc|)d$", ["ad", "bcd", "d"], ["bd", "cd", "abcd"]],
    ["^a?b*c+$", ["c", "abbbcc", "bc"], ["ab", "aac", ""]],
    ["^a{3}$", ["aaa"], ["aa", "aaaa"]],
    ["^a{2,}$", ["aa", "aaaaa"], ["a"]],
    ["^a{2,4}$", ["aa", "aaa", "aaaa"], ["a", "aaaaa"]],
    ["^a{0}b$", ["b"], ["ab"]],
    ["^(ab){2}$", ["abab"], ["ab", "ababab"]],
    ["^(?:a{2}){2}$", ["aaaa"], ["aaa"]],
    ["^[a-c_-]+$", ["a-b_c"], ["d", ""]],
    ["^[^a-c]$", ["d", "\n", "😀"], ["a", "b"]],
    ["^[]$", [], ["", "a"]],
    ["^[^]$", ["a", "\n"], ["", "ab"]],
    ["^[\\]\\\\^]$", ["]", "\\", "^"], ["a"]],
    ["^[a\\-z]$", ["-", "a", "z"], ["b"]],
    ["^[\\d.]+$", ["1.2"], ["a"]],
    ["^\\d\\D\\w\\W\\s\\S$", ["1a_- x", "0x9.\tx"], ["aa_- x", "11_- x"]],
    ["^\\s$", [" ", "\t", "\n", "\v", "\f", "\r"], ["\u00a0", "\u2028", "x"]],
    ["^\\n\\r\\t\\f\\v\\x41\\u0042\\u{1F600}$", ["\n\r\t\f\vAB😀"], []],
    ["^.$", ["a", "😀", "é"], ["", "\n", "\r", "\u2028", "\u2029", "ab"]],
    ["^..$", ["a😀"], ["😀"]],
    ["[😀-😂]", ["x😁x"], ["😃"]],
    ["\\$\\^\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\/\\\\", ["$^.*+?()[]{}|/\\"], ["$"]],
    ["a$", ["ba"], ["ab"]],
    ["^a|b$", ["ax", "xb"], ["xa", "bx"]],
    ["(^a)?b", ["ab", "xb", "b"], ["a"]],
    ["(a*)*b", ["b", "aab"], ["a"]],
    ["(a|a)*$", ["", "aaa", "b"], []],
    ["x^", [], ["x", ""]],
    ["$x", [], ["x", ""]],
  ])("%s", (pattern, yes, no) => {
    expect(yes.filter((text) => !matches(pattern, text))).toEqual([]);
    expect(no.filter((text) => matches(pattern, text))).toEqual([]);
  });
});

describe("patterns refused", () => {
  it.each<readonly [pattern: string, problem: string]>([
    ["(a", 'a group is not closed, at character 3 of "(a"'],
    ["a)", '")" closes nothing, at character 2 of "a)"'],
    ["[a", 'a class is not closed, at character 3 of "[a"'],
    ["*a", '"*" has nothing to repeat, at character 1 of "*a"'],
    ["a|+", '"+" has nothing to repeat, at character 3 of "a|+"'],
    ["(?)", 'of the groups that begin with (? only (?: ) is allowed, at character 3 of "(?)"'],
    ["a**", 'a repetition cannot be repeated, made lazy or possessive, at character 3 of "a**"'],
    ["a+?", 'a repetition cannot be repeated, made lazy or possessive, at character 3 of "a+?"'],
    [
      "a{2}{3}",
      'a repetition cannot be repeated, made lazy or possessive, at character 5 of "a{2}{3}"',
    ],
    ["^*", 'an anchor cannot be repeated, at character 2 of "^*"'],
    ["$?", 'an anchor cannot be repeated, at character 2 of "$?"'],
    ["(?=a)", 'of the groups that begin with (? only (?: ) is allowed, at character 3 of "(?=a)"'],
    ["(?!a)", 'of the groups that begin with (? only (?: ) is allowed, at character 3 of "(?!a)"'],
    [
      "(?<=a)",
      'of the groups that begin with (? only (?: ) is allowed, at character 3 of "(?<=a)"',
    ],
    [
      "(?<n>a)",
      'of the groups that begin with (? only (?: ) is allowed, at character 3 of "(?<n>a)"',
    ],
    [
      "(?i:a)",
      'of the groups that begin with (? only (?: ) is allowed, at character 3 of "(?i:a)"',
    ],
    ["(a)\\1", 'the escape "\\\\1" is not in the safe subset, at character 4 of "(a)\\\\1"'],
    ["\\ba", 'the escape "\\\\b" is not in the safe subset, at character 1 of "\\\\ba"'],
    ["\\pL", 'the escape "\\\\p" is not in the safe subset, at character 1 of "\\\\pL"'],
    ["\\k", 'the escape "\\\\k" is not in the safe subset, at character 1 of "\\\\k"'],
    ["\\-", 'the escape "\\\\-" is not in the safe subset, at character 1 of "\\\\-"'],
    ["\\x4", 'the escape "\\\\x" is not in the safe subset, at character 1 of "\\\\x4"'],
    ["\\ud800", 'the escape "\\\\u" is not in the safe subset, at character 1 of "\\\\ud800"'],
    [
      "\\u{110000}",
      'the escape "\\\\u" is not in the safe subset, at character 1 of "\\\\u{110000}"',
    ],
    ["a\\", '"\\" escapes nothing, at character 2 of "a\\\\"'],
    ["a{", '"{" must be escaped, or be a count like {2,5}, at character 2 of "a{"'],
    ["a{,3}", '"{" must be escaped, or be a count like {2,5}, at character 2 of "a{,3}"'],
    ["{", '"{" must be escaped, at character 1 of "{"'],
    ["}", '"}" must be escaped, at character 1 of "}"'],
    ["]", '"]" must be escaped, at character 1 of "]"'],
    ["[[]", '"[" inside a class must be escaped, at character 2 of "[[]"'],
    ["a{3,2}", '{3,2} has its bounds in the wrong order, at character 2 of "a{3,2}"'],
    ["a{1001}", '{1001} repeats too often; at most 1000 times, at character 2 of "a{1001}"'],
    ["a{0,1001}", '{0,1001} repeats too often; at most 1000 times, at character 2 of "a{0,1001}"'],
    ["[b-a]", 'a range has its bounds in the wrong order, at character 5 of "[b-a]"'],
    ["[\\d-z]", 'a class like \\d cannot bound a range, at character 6 of "[\\\\d-z]"'],
    ["[a-\\w]", 'a class like \\d cannot bound a range, at character 6 of "[a-\\\\w]"'],
    ["a".repeat(PATTERN_LENGTH_MAX + 1), "the pattern has 513 characters; at most 512"],
    [
      `${"(".repeat(33)}${")".repeat(33)}`,
      `groups are more than 32 deep, at character 34 of "${"(".repeat(33)}${")".repeat(27)}…"`,
    ],
    ["(a{1000}){1000}", "the pattern has 1000001 steps; at most 2000: count less"],
    ["((((a{99}){99}){99}){99}){99}", "the pattern has 9509900500 steps; at most 2000: count less"],
  ])("%s", (pattern, problem) => expect(problemOf(pattern)).toBe(problem));

  it("up to the limits, and no further", () => {
    expect(problemOf("a".repeat(PATTERN_LENGTH_MAX))).toBe("");
    expect(problemOf(`${"(".repeat(32)}${")".repeat(32)}${"()".repeat(40)}`)).toBe("");
    expect(problemOf("a{1000}b{1000}")).toContain("2001 steps");
    expect(problemOf("a{1000}b{999}")).toBe("");
    expect(PATTERN_SIZE_MAX).toBe(2_000);
  });
});

/** Patterns of the subset, written so that ECMA-262 reads the same. */
const pattern: fc.Arbitrary<string> = fc.letrec<{
  choice: string;
  sequence: string;
  part: string;
  atom: string;
}>((tie) => ({
  choice: fc
    .array(tie("sequence"), { minLength: 1, maxLength: 3 })
    .map((options) => options.join("|")),
  sequence: fc
    .array(fc.oneof({ depthSize: "small" }, fc.constantFrom("^", "$"), tie("part")), {
      maxLength: 4,
    })
    .map((parts) => parts.join("")),
  part: fc
    .tuple(tie("atom"), fc.constantFrom("", "", "", "?", "*", "+", "{2}", "{0,2}", "{1,}", "{0}"))
    .map(([atom, count]) => atom + count),
  atom: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom(
      "a",
      "b",
      "c",
      ".",
      "\\d",
      "\\w",
      "\\D",
      "\\W",
      "\\n",
      "😀",
      "é",
      "[ab]",
      "[^ab]",
      "[a-c]",
      "[^\\n]",
      "[\\d_-]",
      "[]",
      "[^]",
      "\\x61",
      "\\u{1f600}",
    ),
    tie("choice").map((body) => `(${body})`),
    tie("choice").map((body) => `(?:${body})`),
  ),
})).choice;
const subject = fc.string({
  unit: fc.constantFrom("a", "b", "c", "1", "_", "\n", "é", "😀", " "),
  maxLength: 8,
});

/** What the engine backtracks through; one pattern in many takes it minutes for eight characters. */
const ORACLE_MS = 1_000;
const ORACLE = new Script("texts.map((text) => expression.test(text))");
const asked: { expression?: RegExp; texts?: readonly string[] } = {};
createContext(asked);

/** undefined: the engine gives no answer in time. */
function oracleMatches(source: string, texts: readonly string[]): readonly boolean[] | undefined {
  Object.assign(asked, { expression: new RegExp(source, "u"), texts });
  try {
    return ORACLE.runInContext(asked, { timeout: ORACLE_MS });
  } catch (error) {
    if (Object(error).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return undefined;
    throw error;
  }
}

describe("both machines", () => {
  it("agree with the engine's own expressions", () => {
    fc.assert(
      fc.property(pattern, fc.array(subject, { minLength: 1, maxLength: 5 }), (source, texts) => {
        fc.pre(source.length <= PATTERN_LENGTH_MAX);
        const parsed = parsePattern(source);
        if (!parsed.ok) throw new Error(`${source}: ${parsed.problem}`);
        const program = programOf(parsed.node, sizeOfPattern(parsed.node));
        const automaton = automatonOf(program);
        const simulation = new PatternSimulation(program);
        const isMatches = oracleMatches(source, texts);
        fc.pre(isMatches !== undefined);
        for (const [at, text] of texts.entries()) {
          const isMatch = isMatches?.[at] === true;
          const answers = [simulation.matches(text), automaton?.matches(text) ?? isMatch];
          expect([source, text, ...answers]).toEqual([source, text, isMatch, isMatch]);
        }
      }),
      { numRuns: 2_000 * (Number(process.env["SWOOSH_SOAK"] ?? 0) * 50 + 1) },
    );
  });

  it("end where backtracking would not", () => {
    const text = "a".repeat(4_096);
    for (const source of [
      "^(a+)+$b",
      "(a*)*b",
      "^(a|a)*c$",
      "(a|aa)+$x",
      "^([a-z]+)*[A-Z]$",
      "(x?){500}y",
      "(a|b)*a(a|b){20}c",
      "(.*a){200}b",
    ])
      expect(matches(source, text)).toBe(false);
  });

  it("the automaton gives up where it would grow without end, and the simulation answers", () => {
    const parsed = parsePattern("(a|b)*a(a|b){20}c");
    if (!parsed.ok) throw new Error(parsed.problem);
    const program = programOf(parsed.node, sizeOfPattern(parsed.node));
    expect(automatonOf(program)).toBeUndefined();
    expect(matches("(a|b)*a(a|b){20}c", `a${"b".repeat(20)}c`)).toBe(true);
    expect(matches("(a|b)*a(a|b){20}c", `b${"b".repeat(20)}c`)).toBe(false);
    expect(matches("^[a-z]{1,900}$", "a".repeat(900))).toBe(true);
    expect(matches("^[a-z]{1,900}$", "a".repeat(901))).toBe(false);
  });
});
