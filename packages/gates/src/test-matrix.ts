import type { FileProblem } from "./file-problem.ts";
import { readFrontMatter } from "./front-matter.ts";

/** One row that the runner knows of. */
export interface MatrixRow {
  readonly id: string;
  readonly category: string;
  readonly criteria: string;
  readonly phase: string;
  readonly tags: string;
  readonly runtime: string;
  readonly status: string;
  readonly lastRun: string;
}

const COLUMNS = [
  "ID",
  "Category",
  "Criteria",
  "Phase",
  "Dependencies",
  "Tags",
  "Expected runtime",
  "Memory",
  "Status",
  "Last run",
];
const STATUS = COLUMNS.indexOf("Status");
const LAST_RUN = COLUMNS.indexOf("Last run");
const HEADER = `| ${COLUMNS.join(" | ")} |`;
const RULE = `|${COLUMNS.map(() => " --- ").join("|")}|`;

const NEW_MATRIX = `---
title: "Test matrix"
purpose: "Every test case, what it needs, and how its last run ended"
---

# Test matrix

Status and last run are written by \`swoosh gates report\` from the log and by nobody else; everything else in this file is yours.

${HEADER}
${RULE}
`;

/**
 * The document with the runner's columns brought up to date and rows for what is new. All text around the table, the
 * other columns, and rows that the runner does not know stay as people wrote them.
 */
export function mergeTestMatrix(text: string, rows: readonly MatrixRow[]): string {
  const lines = (text === "" ? NEW_MATRIX : text).split("\n");
  const header = lines.findIndex((line) => isHeader(line));
  if (header < 0)
    return mergeTestMatrix(`${lines.join("\n").trimEnd()}\n\n${HEADER}\n${RULE}\n`, rows);
  let end = header + 2;
  while (end < lines.length && (lines[end] ?? "").trim().startsWith("|")) end += 1;
  const known = new Map(rows.map((row) => [row.id, row]));
  const seen = new Set<string>();
  const kept = lines.slice(header + 2, end).map((line) => {
    const cells = cellsOf(line);
    const row = known.get(cells[0] ?? "");
    if (row === undefined) return line;
    seen.add(row.id);
    while (cells.length < COLUMNS.length) cells.push("");
    cells[STATUS] = row.status;
    cells[LAST_RUN] = row.lastRun;
    return lineOf(cells);
  });
  const added = rows
    .filter(({ id }) => !seen.has(id))
    .map((row) =>
      lineOf([
        row.id,
        row.category,
        row.criteria,
        row.phase,
        "",
        row.tags,
        row.runtime,
        "",
        row.status,
        row.lastRun,
      ]),
    );
  return [...lines.slice(0, header + 2), ...kept, ...added, ...lines.slice(end)].join("\n");
}

function isHeader(line: string): boolean {
  const cells = cellsOf(line).map((cell) => cell.toLowerCase());
  return cells[0] === "id" && cells[STATUS] === "status";
}

function cellsOf(line: string): string[] {
  const inner = line.trim().replace(/^\|/, "").replace(/\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim());
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll(/(?<!\\)\|/g, "\\|").replaceAll(/\s+/g, " ")).join(" | ")} |`;
}

export function lintTestMatrix(text: string): readonly FileProblem[] {
  const { value, problems } = readFrontMatter(text);
  const found: FileProblem[] = [...problems];
  const tell = (line: number, code: string, message: string): void => {
    found.push({ severity: "error", code, message, path: [], line, column: 1 });
  };
  if (value === undefined && problems.length === 0)
    tell(1, "no_front_matter", "the document begins with no front matter");
  const lines = text.split("\n");
  const header = lines.findIndex((line) => isHeader(line));
  if (header < 0) {
    tell(1, "no_table", `there is no table with the columns ${COLUMNS.join(", ")}`);
    return found;
  }
  const ids = new Set<string>();
  for (
    let at = header + 2;
    at < lines.length && (lines[at] ?? "").trim().startsWith("|");
    at += 1
  ) {
    const cells = cellsOf(lines[at] ?? "");
    if (cells.length !== COLUMNS.length)
      tell(at + 1, "cells", `the row has ${cells.length} cells; ${COLUMNS.length} are expected`);
    const id = cells[0] ?? "";
    if (ids.has(id)) tell(at + 1, "twice", `the test "${id}" is there twice`);
    ids.add(id);
  }
  return found;
}
