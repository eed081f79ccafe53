import type { CelProblem } from "./cel.ts";

const OPENING = "([{";
const CLOSING = ")]}";
const BLANK = " \t\r\n";

/**
 * Finds nesting beyond `depthMax` before the parser, whose recursion would otherwise end wherever the caller's stack
 * happens to end. Counts open brackets, `?` of conditionals and runs of `!` and `-`.
 */
export function scanNesting(source: string, depthMax: number): CelProblem | undefined {
  /** Depth outside each bracket that is open: a conditional ends with the bracket that holds it. */
  const outside: number[] = [];
  let depth = 0;
  let run = 0;
  let at = 0;
  while (at < source.length) {
    const unit = source.charAt(at);
    if (unit === "'" || unit === '"') {
      at = endOfText(source, at);
      run = 0;
      continue;
    }
    if (unit === "/" && source.charAt(at + 1) === "/") {
      at = endOfComment(source, at);
      continue;
    }
    if (unit === "!" || unit === "-") run += 1;
    else if (!BLANK.includes(unit)) run = 0;
    if (OPENING.includes(unit)) outside.push(depth);
    if (OPENING.includes(unit) || unit === "?") depth += 1;
    else if (CLOSING.includes(unit)) depth = outside.pop() ?? 0;
    if (depth > depthMax || run > depthMax) {
      return { message: `nested deeper than ${depthMax}; split the expression`, offset: at };
    }
    at += 1;
  }
  return undefined;
}

/** Position after the text literal that begins at `at`; a backslash takes the next unit along, as in the parser. */
function endOfText(source: string, at: number): number {
  const mark = source.charAt(at);
  const triple = mark.repeat(3);
  const closing = source.startsWith(triple, at) ? triple : mark;
  let end = at + closing.length;
  while (end < source.length && !source.startsWith(closing, end)) {
    end += source.charAt(end) === "\\" ? 2 : 1;
  }
  return end + closing.length;
}

function endOfComment(source: string, at: number): number {
  const end = source.indexOf("\n", at);
  return end === -1 ? source.length : end;
}
