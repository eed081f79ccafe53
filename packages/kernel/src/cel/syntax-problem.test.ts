import { describe, expect, it } from "vitest";
import { syntaxProblem } from "./syntax-problem.ts";

const thrown = (summary: string, start: number) =>
  Object.assign(new Error(summary), { summary, range: { start, end: start + 1 } });

describe("syntaxProblem makes a problem of whatever was thrown", () => {
  it.each<[error: unknown, source: string, offset: number, message: string]>([
    [thrown("Unexpected token: RPAREN", 2), "(1)", 2, "`)` cannot stand here"],
    [thrown("Unexpected token: NOVEL", 0), "x", 0, "NOVEL cannot stand here"],
    [
      thrown("Expected COLON, got EOF", 3),
      "{1 ",
      3,
      "`:` is missing; found the end of the expression",
    ],
    [thrown("Unexpected character: x", 1), "1xyz + 2", 1, '"xyz" cannot stand here'],
    [thrown("Unexpected character: 😀", 1), "1😀", 1, '"😀" cannot stand here'],
    [thrown("Unexpected character: ?", 9), "1", 1, '"" cannot stand here'],
    [thrown("Unexpected character: '='", 2), "a = b", 2, "`=` is no operator; compare with `==`"],
    [
      thrown("all(var, predicate) invalid predicate iteration variable", 2),
      "a.b",
      2,
      "the first argument must be a plain name for the item",
    ],
    [thrown("Reserved identifier: if", 0), "if", 0, "if is a reserved word"],
    [thrown("Something New", 1), "abc", 1, "something New"],
    [thrown("", 1), "abc", 1, "not an expression"],
    [
      new RangeError("Maximum call stack size exceeded"),
      "abc",
      0,
      "nested too deeply; split the expression",
    ],
    [new Error("boom"), "abc", 0, "not an expression"],
    ["boom", "abc", 0, "not an expression"],
    [null, "abc", 0, "not an expression"],
    [{ summary: 3, range: null }, "abc", 0, "not an expression"],
    [{ summary: "Odd", range: { start: "1" } }, "abc", 0, "odd"],
    [{ summary: "Odd", range: 4 }, "abc", 0, "odd"],
    [{ summary: "Odd", range: {} }, "abc", 0, "odd"],
  ])("%#", (error, source, offset, message) => {
    expect(syntaxProblem(error, source)).toEqual({ message, offset });
  });
});
