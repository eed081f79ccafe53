import type { ReasonTemplate } from "../chart/compiled-chart.ts";
import type { CelEnvironment, CelProblem, CelProgram } from "./cel.ts";
import { compileCel } from "./compile-cel.ts";

export type ReasonCompilation =
  | { readonly ok: true; readonly template: ReasonTemplate }
  | { readonly ok: false; readonly problems: readonly CelProblem[] };

/**
 * Compiles text with expressions in braces, as in `{context.retries} of 3 retries used`. `{{` and `}}` stand for
 * braces themselves. Inside an expression braces of maps and of string literals count as its own. Offsets of problems
 * are UTF-16 units into the whole text.
 */
export function compileReason(text: string, environment: CelEnvironment): ReasonCompilation {
  const problems: CelProblem[] = [];
  const template: (string | CelProgram)[] = [];
  for (const piece of piecesOf(text, problems)) {
    if (piece.kind === "text") {
      template.push(piece.text);
      continue;
    }
    const compilation = compileCel(piece.text, environment);
    if (compilation.ok) template.push(compilation.program);
    else {
      for (const { message, offset } of compilation.problems) {
        problems.push({ message, offset: offset + piece.offset });
      }
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, template };
}

interface Piece {
  readonly kind: "text" | "expression";
  readonly text: string;
  readonly offset: number;
}

function piecesOf(text: string, problems: CelProblem[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const unit = text.charAt(at);
    const isBrace = unit === "{" || unit === "}";
    if (!isBrace || text.charAt(at + 1) === unit) {
      plain += unit;
      at += isBrace ? 2 : 1;
      continue;
    }
    const end = unit === "{" ? endOfExpression(text, at + 1) : undefined;
    if (end === undefined) {
      const message =
        unit === "{"
          ? "`{` opens an expression that never ends; write `{{` for a brace"
          : "write `}}` for a brace";
      problems.push({ message, offset: at });
      return pieces;
    }
    if (plain !== "") pieces.push({ kind: "text", text: plain, offset: at - plain.length });
    plain = "";
    pieces.push({ kind: "expression", text: text.slice(at + 1, end), offset: at + 1 });
    at = end + 1;
  }
  if (plain !== "") pieces.push({ kind: "text", text: plain, offset: at - plain.length });
  return pieces;
}

/** Position of the brace that closes the expression which begins at `from`. */
function endOfExpression(text: string, from: number): number | undefined {
  let depth = 0;
  let mark = "";
  for (let at = from; at < text.length; at += 1) {
    const unit = text.charAt(at);
    if (mark !== "") {
      if (unit === "\\") at += 1;
      else if (unit === mark) mark = "";
    } else if (unit === "'" || unit === '"') mark = unit;
    else if (unit === "{") depth += 1;
    else if (unit === "}") {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return undefined;
}
