/** A script without what is no code. */
export interface MaskedScript {
  /** The text with a blank for each character of comments, strings, templates and regular expressions: every place is the same, line ends stay. */
  readonly code: string;
  /** Comments that begin on a line of their own, by the number of their last line, from 0. */
  readonly comments: ReadonlyMap<number, OwnComment>;
}

/** A comment before which nothing else stands on its line. */
export interface OwnComment {
  /** Number of its first line, from 0. */
  readonly firstLine: number;
  readonly text: string;
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const STRING = /"(?:\\[\s\S]|[^"\\\n])*"?|'(?:\\[\s\S]|[^'\\\n])*'?/y;
const EXPRESSION = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const WORD = /[\p{ID_Continue}$]+/uy;
/** What a regular expression may stand behind; behind anything else a slash divides. */
const BEFORE_EXPRESSION =
  /^(?:[(,=:[!&|?{};+\-*%<>~^}]|return|typeof|case|in|of|delete|void|throw|new|instanceof|do|else|yield|await|)$/;

/**
 * Reads TypeScript or JavaScript so far that nobody takes a bracket in a string for one of the code. `text`: a whole file; one
 * with mistakes is read as far as it goes. A slash behind a closing brace counts as the beginning of a regular expression
 * where one ends on that line; JSX is not known.
 */
export function maskScript(text: string): MaskedScript {
  const pieces: string[] = [];
  const comments = new Map<number, OwnComment>();
  let [done, line] = [0, 0];
  readCode(text, { from: 0, isHole: false }, (start, end, isComment) => {
    const before = text.slice(done, start);
    const piece = text.slice(start, end);
    pieces.push(before, piece.replace(/[^\n]/g, " "));
    line += countLines(before);
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    const firstLine = line;
    line += countLines(piece);
    if (isComment && text.slice(lineStart, start).trim() === "")
      comments.set(line, { firstLine, text: piece });
    done = end;
  });
  pieces.push(text.slice(done));
  return { code: pieces.join(""), comments };
}

type Tell = (start: number, end: number, isComment: boolean) => void;

/** Reads on to the end, or to the brace that ends a template's hole, and gives the place behind it. */
function readCode(
  text: string,
  { from, isHole }: { readonly from: number; readonly isHole: boolean },
  tell: Tell,
): number {
  let [at, depth, before] = [from, 0, ""];
  while (at < text.length) {
    const comment = matchAt(COMMENT, text, at);
    const end = comment ?? endOfLiteral(text, at, before);
    if (end !== undefined) {
      tell(at, end, comment !== undefined);
      if (comment === undefined) before = "literal";
      at = end;
      continue;
    }
    const sign = text[at] ?? "";
    if (isHole && sign === "}" && depth === 0) return at + 1;
    if (sign === "{") depth += 1;
    if (sign === "}") depth -= 1;
    const next = matchAt(WORD, text, at) ?? at + 1;
    if (sign.trim() !== "") before = text.slice(at, next);
    at = next;
  }
  return at;
}

function endOfLiteral(text: string, at: number, before: string): number | undefined {
  const sign = text[at];
  if (sign === '"' || sign === "'") return matchAt(STRING, text, at);
  if (sign === "`") return endOfTemplate(text, at);
  return sign === "/" && BEFORE_EXPRESSION.test(before) ? matchAt(EXPRESSION, text, at) : undefined;
}

function endOfTemplate(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== "`") {
    if (text.startsWith("${", at)) at = readCode(text, { from: at + 2, isHole: true }, () => {});
    else at += text[at] === "\\" ? 2 : 1;
  }
  return Math.min(at + 1, text.length);
}

/** Where a match of a sticky expression at this very place ends. */
function matchAt(expression: RegExp, text: string, at: number): number | undefined {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : undefined;
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}
