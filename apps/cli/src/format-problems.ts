import type { ChartProblem } from "@swoosh/kernel";
import type { Paint } from "./paint.ts";
import { columnsOf, plainText, sourceText } from "./plain-text.ts";

/** Columns of source shown around a problem; longer lines are cut so that the caret stays on the screen. */
const EXCERPT_COLUMNS_MAX = 100;

/**
 * The problems of one file for a person: `file:line:column: severity message [code]`, the line itself with a caret,
 * and for findings of the model check the events that lead there.
 */
export function formatProblems(
  file: string,
  source: string,
  problems: readonly ChartProblem[],
  paint: Paint,
): string {
  // A byte order mark counts in no column.
  const lines = source.replace(/^\ufeff/, "").split(/\r?\n/);
  return problems.map((problem) => formatProblem(file, lines, problem, paint)).join("");
}

function formatProblem(
  file: string,
  lines: readonly string[],
  problem: ChartProblem,
  paint: Paint,
): string {
  const { line, column, severity } = problem;
  const place = plainText(line === null ? file : `${file}:${line}:${column ?? 1}`);
  const head = `${paint.strong(place)}: ${paint[severity](severity)}: ${plainText(problem.message)} ${paint.dim(`[${problem.code}]`)}\n`;
  const excerpt =
    line === null ? "" : formatExcerpt(lines[line - 1] ?? "", line, column ?? 1, paint);
  const trace =
    problem.trace === undefined || problem.trace.length === 0
      ? ""
      : `${problem.trace.map((step, index) => `    ${paint.dim(`${index + 1}.`)} ${plainText(step)}`).join("\n")}\n`;
  return head + excerpt + trace;
}

function formatExcerpt(text: string, line: number, column: number, paint: Paint): string {
  const from = column > EXCERPT_COLUMNS_MAX - 20 ? column - 40 : 0;
  // Tabs and control characters take one column here, so that the caret points where it says.
  const shown = sourceText(text.slice(from, from + EXCERPT_COLUMNS_MAX));
  const before = columnsOf(shown.slice(0, Math.max(0, column - 1 - from)));
  const gutter = `${String(line).padStart(5)} | `;
  const caret = `${" ".repeat(gutter.length - 2)}| ${" ".repeat(before)}^`;
  return `${paint.dim(gutter)}${shown}\n${paint.dim(caret)}\n`;
}

/** `2 errors, 1 warning`, or `clean`; notes are counted but do not spoil it. */
export function summarize(problems: readonly ChartProblem[]): string {
  const count = (severity: ChartProblem["severity"]): number =>
    problems.filter((problem) => problem.severity === severity).length;
  const parts = (["error", "warning", "note"] as const)
    .map((severity) => ({ severity, n: count(severity) }))
    .filter(({ n }) => n > 0)
    .map(({ severity, n }) => `${n} ${severity}${n === 1 ? "" : "s"}`);
  const clean = count("error") === 0 && count("warning") === 0;
  if (parts.length === 0) return "clean";
  return clean ? `clean, ${parts.join(", ")}` : parts.join(", ");
}
