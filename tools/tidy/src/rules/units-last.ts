import ts from "typescript";
import type { Rule } from "../rule.ts";
import { wordsOf } from "../words.ts";
import { judgeNames, type DeclaredName } from "./declared-names.ts";

/** Units and bounds stand last: `timeoutMs`, `queueDepthMax`. */
export const unitsLast: Rule = {
  name: "units-last",
  check: (tree) => tree.typescript.flatMap((file) => judgeNames(tree, file, judge)),
};

/** Keywords of JSON Schema, spelt as its specification spells them. */
const FOREIGN = new Set([
  "maxItems",
  "minItems",
  "maxLength",
  "minLength",
  "maxProperties",
  "minProperties",
  "maximum",
  "minimum",
]);

const BOUNDS = new Set(["max", "min", "maximum", "minimum"]);
const UNITS = new Set(["ms", "bytes", "seconds"]);

/** Quantities of time: as a number, such a name must say its unit. */
const TIMES = new Set(["timeout", "delay", "duration", "interval", "elapsed", "ttl", "backoff"]);

function judge({ name, node }: DeclaredName): string | undefined {
  // A function's name is a verb or what it gives (`maxOf`); the rule is for quantities.
  if (FOREIGN.has(name) || isFunction(node)) return undefined;
  const words = wordsOf(name);
  const first = words[0] ?? "";
  const last = words.at(-1) ?? "";
  // `MS_PER_DAY` is a rate: both its units are named.
  if (words.length > 1 && words[1] !== "per" && (BOUNDS.has(first) || first === "ms")) {
    return `${name} begins with "${first}"; units and bounds stand last: ${suggest(words)}`;
  }
  const bound = words.slice(0, -1).find((word) => BOUNDS.has(word));
  // A bound may be followed by a word that says which one: the default, the unit.
  if (bound !== undefined && !["default", ...UNITS].includes(last)) {
    return `${name} has "${bound}" in its middle; units and bounds stand last`;
  }
  if (TIMES.has(last) && isNumber(node))
    return `${name} is a number without unit; say which: ${name}Ms`;
  return undefined;
}

function isFunction(node: DeclaredName["node"]): boolean {
  if (ts.isFunctionLike(node)) return true;
  const value = ts.isVariableDeclaration(node) ? node.initializer : undefined;
  return value !== undefined && (ts.isArrowFunction(value) || ts.isFunctionExpression(value));
}

function suggest(words: readonly string[]): string {
  const [first = "", ...rest] = words;
  return [...rest, first].map((word, index) => (index === 0 ? word : capital(word))).join("");
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function isNumber(node: DeclaredName["node"]): boolean {
  if ("type" in node && node.type?.kind === ts.SyntaxKind.NumberKeyword) return true;
  return (
    ts.isVariableDeclaration(node) &&
    node.initializer !== undefined &&
    ts.isNumericLiteral(node.initializer)
  );
}
