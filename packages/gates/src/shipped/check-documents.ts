import { lintIssue } from "../issue-document.ts";
import { lintReplicationNotes } from "../replication-notes.ts";
import { lintTestMatrix } from "../test-matrix.ts";
import { readTaskSpec } from "../task-spec.ts";
import { lintTroubleshooting } from "../troubleshooting.ts";
import type { FileProblem } from "../file-problem.ts";
import type { Finding, SourceText } from "./finding.ts";

/** Living documents and task specifications: front matter, sections, fields. Other Markdown is not looked at. */
export function checkDocuments(files: readonly SourceText[]): readonly Finding[] {
  return files.flatMap(({ path, text }) =>
    lint(path, text)
      .filter(({ severity }) => severity === "error")
      .map(({ line, message }) => ({ file: path, line, message })),
  );
}

function lint(path: string, text: string): readonly FileProblem[] {
  const name = path.split("/").at(-1) ?? "";
  if (name === "TROUBLESHOOTING.md") return lintTroubleshooting(text);
  if (name === "REPLICATION-NOTES.md") return lintReplicationNotes(text);
  if (name === "TEST-MATRIX.md") return lintTestMatrix(text);
  if (/^ISSUE-\d/.test(name)) return lintIssue(text);
  if (/(^|\/)tasks\/[^/]+\.md$/.test(path) && name !== "README.md")
    return readTaskSpec(text).problems;
  return [];
}
