import { quote } from "../json/quote.ts";
import type { CelProblem } from "./cel.ts";

/** What the library calls its tokens, in words for people. */
const TOKENS: ReadonlyMap<string, string> = new Map([
  ["EOF", "the end of the expression"],
  ["NUMBER", "a number"],
  ["STRING", "a string"],
  ["BYTES", "bytes"],
  ["BOOLEAN", "a bool"],
  ["NULL", "`null`"],
  ["IDENTIFIER", "a name"],
  ["PLUS", "`+`"],
  ["MINUS", "`-`"],
  ["MULTIPLY", "`*`"],
  ["DIVIDE", "`/`"],
  ["MODULO", "`%`"],
  ["EQ", "`==`"],
  ["NE", "`!=`"],
  ["LT", "`<`"],
  ["LE", "`<=`"],
  ["GT", "`>`"],
  ["GE", "`>=`"],
  ["AND", "`&&`"],
  ["OR", "`||`"],
  ["NOT", "`!`"],
  ["IN", "`in`"],
  ["LPAREN", "`(`"],
  ["RPAREN", "`)`"],
  ["LBRACKET", "`[`"],
  ["RBRACKET", "`]`"],
  ["LBRACE", "`{`"],
  ["RBRACE", "`}`"],
  ["DOT", "`.`"],
  ["COMMA", "`,`"],
  ["COLON", "`:`"],
  ["QUESTION", "`?`"],
]);

/** What other languages write → what CEL has for it. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ["=", "`=` is no operator; compare with `==`"],
  ["and", "`and` is no operator; write `&&`"],
  ["or", "`or` is no operator; write `||`"],
  ["is", "`is` is no operator; compare with `==`"],
  ["not", "`not` is no operator; write `!` before what is denied"],
  ...[..."“”„«»‘’`"].map((mark): [string, string] => [
    mark,
    `${quote(mark)} is no quotation mark of CEL; write ' or "`,
  ]),
]);

/** Turns whatever the library threw into a problem of ours. */
export function syntaxProblem(error: unknown, source: string): CelProblem {
  const offset = Math.min(offsetOf(error), source.length);
  if (error instanceof RangeError)
    return { message: "nested too deeply; split the expression", offset };
  return { message: inWords(summaryOf(error), source.slice(offset)), offset };
}

function inWords(summary: string, rest: string): string {
  const unexpected = /^Unexpected token: ([A-Z]+)$/.exec(summary)?.[1];
  if (unexpected === "EOF")
    return "the expression is not finished; something is missing at its end";
  if (unexpected !== undefined) return `${tokenName(unexpected)} cannot stand here`;
  const [, wanted, found] = /^Expected ([A-Z]+), got ([A-Z]+)$/.exec(summary) ?? [];
  if (wanted !== undefined && found !== undefined) {
    return `${tokenName(wanted)} is missing; found ${tokenName(found)}`;
  }
  if (summary.startsWith("Unexpected character")) {
    const token = /^(?:\w+|.)/u.exec(rest)?.[0] ?? "";
    return INSTEAD.get(token.toLowerCase()) ?? `${quote(token)} cannot stand here`;
  }
  if (summary.includes("invalid predicate iteration variable")) {
    return "the first argument must be a plain name for the item";
  }
  if (summary.startsWith("Reserved identifier")) return `${summary.slice(21)} is a reserved word`;
  return summary === ""
    ? "not an expression"
    : `${summary.charAt(0).toLowerCase()}${summary.slice(1)}`;
}

function tokenName(token: string): string {
  return TOKENS.get(token) ?? token;
}

function summaryOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("summary" in error)) return "";
  return typeof error.summary === "string" ? error.summary : "";
}

function offsetOf(error: unknown): number {
  if (typeof error !== "object" || error === null || !("range" in error)) return 0;
  const range = error.range;
  if (typeof range !== "object" || range === null || !("start" in range)) return 0;
  return typeof range.start === "number" ? range.start : 0;
}
