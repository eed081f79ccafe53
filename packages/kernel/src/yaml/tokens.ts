import { Lexer, Parser } from "yaml";
import type { CST } from "yaml";
import { quote } from "../json/quote.ts";
import { YAML_PROBLEMS_MAX } from "../limits.ts";
import { inOurWords } from "./compose.ts";
import type { PlacedProblem } from "./problem.ts";

/** Levels of the tree that are no maps or lists (document, scalar), and some that are told with their path. */
const TREE_SLACK = 16;
/** What the lexer puts before the text of a scalar, which is not to be read as an indicator. */
const SCALAR_FOLLOWS = "\u001f";

/** First character of a lexeme → what is wrong with what it begins, and what to do instead. */
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

export interface ReadTokens {
  readonly tokens: readonly CST.Token[];
  readonly problems: readonly PlacedProblem[];
  /** false: reading stopped, because the tree grew deeper than it may or there are too many problems already. */
  readonly isWhole: boolean;
}

/**
 * The library's tokens, and a problem for each lexeme that the dialect does not have. The tree of a file that is not
 * YAML can be deeper than `scan.ts` sees; the composer recurses over it, so it may not grow past `depthMax` and a few levels,
 * which `read-node.ts` tells with their path.
 */
export function readTokens(source: string, depthMax: number): ReadTokens {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  const problems: PlacedProblem[] = [];
  const add = (offset: number, message: string): void =>
    void problems.push({ offset, path: [], message });
  let isText = false;
  for (const lexeme of new Lexer().lex(source)) {
    const refuse = isText ? undefined : FORBIDDEN.get(lexeme.charAt(0));
    if (refuse !== undefined) add(parser.offset, refuse(lexeme));
    isText = lexeme === SCALAR_FOLLOWS;
    for (const token of parser.next(lexeme)) {
      if (token.type === "error") add(token.offset, inOurWords(token.message));
      else tokens.push(token);
    }
    if (parser.stack.length > depthMax + TREE_SLACK) {
      add(parser.offset, `maps and lists are more than ${depthMax} deep`);
      return { tokens, problems, isWhole: false };
    }
    if (problems.length > YAML_PROBLEMS_MAX) return { tokens, problems, isWhole: false };
  }
  tokens.push(...parser.end());
  return { tokens, problems, isWhole: true };
}
