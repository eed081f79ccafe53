import { exportedSignatures, type ExportedSignature } from "./exported-signatures.ts";
import type { Finding, SourceText } from "./finding.ts";
import { maskScript, type OwnComment } from "./mask-script.ts";

/**
 * Every plainly named parameter of an exported function, constructor or public method is named, as a word of its own, in the
 * comment above it; a constructor's may be named above its class instead. See `exportedSignatures` and `parameterNames` for what
 * that leaves out. `files`: TypeScript and JavaScript are read, others are not looked at.
 *
 * A word is a word: whether the sentence says anything about the parameter nobody checks, and a parameter called `by` is
 * named soon.
 */
export function checkParameters(files: readonly SourceText[]): readonly Finding[] {
  return files.flatMap(({ path, text }) => (/\.[cm]?[jt]s$/.test(path) ? script(path, text) : []));
}

function script(path: string, text: string): readonly Finding[] {
  const { code, comments } = maskScript(text);
  const lines = text.split("\n");
  const starts = lineStarts(lines);
  return exportedSignatures(code).flatMap((signature) => {
    const line = lineOf(starts, signature.at);
    const said = commentsOf(signature, (at) => commentAbove(lineOf(starts, at), lines, comments));
    return signature.parameters
      .filter((parameter) => !isWordOf(said, parameter))
      .map((parameter) => ({
        file: path,
        line: line + 1,
        message: `${signature.name}: the parameter ${parameter} is not named in the comment above; say what it is`,
      }));
  });
}

function commentsOf({ at, classAt }: ExportedSignature, commentAt: (at: number) => string): string {
  return classAt === undefined ? commentAt(at) : `${commentAt(at)}\n${commentAt(classAt)}`;
}

/** Comments that end right above a line, decorators between them and it left out. */
function commentAbove(
  line: number,
  lines: readonly string[],
  comments: ReadonlyMap<number, OwnComment>,
): string {
  const texts: string[] = [];
  for (let above = line - 1; above >= 0;) {
    const comment = comments.get(above);
    if (comment !== undefined) {
      texts.unshift(comment.text);
      above = comment.firstLine - 1;
    } else if (/^\s*@/.test(lines[above] ?? "")) above -= 1;
    else break;
  }
  return texts.join("\n");
}

function isWordOf(text: string, name: string): boolean {
  const literal = name.replaceAll("$", String.raw`\$`);
  return new RegExp(String.raw`(?<![\p{ID_Continue}$])${literal}(?![\p{ID_Continue}$])`, "u").test(
    text,
  );
}

function lineStarts(lines: readonly string[]): readonly number[] {
  let start = 0;
  return lines.map((line) => {
    const here = start;
    start += line.length + 1;
    return here;
  });
}

/** Number, from 0, of the line in which a place is. */
function lineOf(starts: readonly number[], at: number): number {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  return low;
}
