import { Lexer, Parser } from "yaml";
import type { CST } from "yaml";
import { quote } from "../json/quote.ts";
import type { PlacedProblem } from "./problem.ts";

/** What the lexer puts before the text of a scalar, which is not to be read as an indicator. */
const SCALAR_FOLLOWS = "\u001f";

/** First character of a lexeme → what it would begin, and what to do instead. */
const FORBIDDEN: ReadonlyMap<string, (lexeme: string) => string> = new Map([
  [
    "%",
    (lexeme) => `the directive ${quote(lexeme)} is refused; this is YAML 1.2 without directives`,
  ],
  ["&", (lexeme) => `the anchor ${quote(lexeme)} is refused; nothing can refer to it`],
  ["*", (lexeme) => `the alias ${quote(lexeme)} is refused; write the value out`],
  [
    "!",
    (lexeme) =>
      `the tag ${quote(lexeme)} is refused; a value is what it looks like, quotes make a string`,
  ],
]);

export interface YamlTokens {
  readonly tokens: readonly CST.Token[];
  /** Where the tree grew deeper than it may, and reading stopped; else −1. */
  readonly tooDeepAt: number;
}

/**
 * The library's tokens, and a problem for each lexeme that the dialect does not have. The tree of a file that is not
 * YAML can be deeper than `scan.ts` sees; the composer recurses over it, so it may not grow past `depthMax`.
 */
export function readTokens(
  source: string,
  depthMax: number,
  problems: PlacedProblem[],
): YamlTokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let isText = false;
  for (const lexeme of new Lexer().lex(source)) {
    const refuse = isText ? undefined : FORBIDDEN.get(lexeme.charAt(0));
    if (refuse !== undefined)
      problems.push({ offset: parser.offset, path: [], message: refuse(lexeme) });
    isText = lexeme === SCALAR_FOLLOWS;
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > depthMax) return { tokens, tooDeepAt: parser.offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return { tokens, tooDeepAt: -1 };
}
