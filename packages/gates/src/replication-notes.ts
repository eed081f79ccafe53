import type { FileProblem } from "./file-problem.ts";
import { readFrontMatter } from "./front-matter.ts";
import { oneLine } from "./troubleshooting.ts";

/** Facts about a machine, by name: `Platform`, `Node`, `CPU`. */
export type EnvironmentFacts = ReadonlyMap<string, string>;

const PITFALLS = "## Known Pitfalls to Avoid Next Run";
const GOLDEN = "## Golden Environment";
const CHECKLIST = "## Replicable Setup Checklist";

/** A new document about this machine. */
export function newReplicationNotes(facts: EnvironmentFacts, checklist: readonly string[]): string {
  return [
    "---",
    'title: "Replication notes"',
    'purpose: "Environment-specific knowledge for reproducible setup"',
    "---",
    "",
    "# Replication notes",
    "",
    GOLDEN,
    ...[...facts].map(([name, value]) => `- **${name}**: ${value}`),
    "",
    CHECKLIST,
    ...checklist.map((step) => `- [ ] ${step}`),
    "",
    PITFALLS,
    "",
  ].join("\n");
}

/** What the document holds as golden. */
export function readGoldenEnvironment(text: string): EnvironmentFacts {
  const facts = new Map<string, string>();
  for (const line of sectionLines(text, GOLDEN)) {
    const found = /^- \*\*([^*]+)\*\*:\s*(.*)$/.exec(line);
    if (found !== null) facts.set((found[1] ?? "").trim(), (found[2] ?? "").trim());
  }
  return facts;
}

/** The document with one pitfall more, at the end of its section; a pitfall of the same name is left as it is. */
export function addPitfall(
  text: string,
  pitfall: { readonly name: string; readonly advice: string },
): string {
  const name = oneLine(pitfall.name);
  if (sectionLines(text, PITFALLS).some((line) => line.startsWith(`- **${name}**`))) return text;
  const bullet = `- **${name}**: ${oneLine(pitfall.advice)}`;
  const lines = text.split("\n");
  const start = lines.indexOf(PITFALLS);
  if (start < 0) return `${text.trimEnd()}\n\n${PITFALLS}\n${bullet}\n`;
  const length = lines.slice(start + 1).findIndex((line) => /^#{1,2} /.test(line));
  let end = length < 0 ? lines.length : start + 1 + length;
  while (end > start + 1 && (lines[end - 1] ?? "").trim() === "") end -= 1;
  return [...lines.slice(0, end), bullet, ...lines.slice(end)].join("\n");
}

export interface EnvironmentDifference {
  readonly name: string;
  readonly golden: string;
  readonly here: string;
}

/** What differs from the golden environment; facts that only one side knows are left out of the golden side alone. */
export function compareEnvironments(
  golden: EnvironmentFacts,
  here: EnvironmentFacts,
): readonly EnvironmentDifference[] {
  return [...golden].flatMap(([name, value]) => {
    const own = here.get(name) ?? "not known here";
    return own === value ? [] : [{ name, golden: value, here: own }];
  });
}

export function lintReplicationNotes(text: string): readonly FileProblem[] {
  const { value, problems } = readFrontMatter(text);
  const found: FileProblem[] = [...problems];
  if (value === undefined && problems.length === 0)
    found.push({
      severity: "error",
      code: "no_front_matter",
      message: "the document begins with no front matter",
      path: [],
      line: 1,
      column: 1,
    });
  const lines = text.split(/\r?\n/);
  for (const heading of [GOLDEN, CHECKLIST, PITFALLS])
    if (!lines.includes(heading))
      found.push({
        severity: "error",
        code: "missing_section",
        message: `there is no section "${heading}"`,
        path: [],
        line: null,
        column: null,
      });
  return found;
}

function sectionLines(text: string, heading: string): readonly string[] {
  const lines = text.split(/\r?\n/);
  const start = lines.indexOf(heading);
  if (start < 0) return [];
  const length = lines.slice(start + 1).findIndex((line) => /^#{1,2} /.test(line));
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
}
