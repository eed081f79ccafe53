import { readFrontMatter, yamlText } from "./front-matter.ts";
import type { FileProblem } from "./file-problem.ts";
import type { Severity } from "./severity.ts";
import { fenced, oneLine } from "./troubleshooting.ts";

/** What a failure report says (seed 002, ISSUE.md template). */
export interface Issue {
  /** Names the failure: the same one again opens no second issue. */
  readonly key: string;
  readonly criterion: string;
  readonly title: string;
  readonly severity: Severity;
  /** `Plan` … `Release`, or `Level 2`. */
  readonly phase: string;
  readonly gate: string;
  readonly task: string;
  readonly cause: string;
  readonly steps: readonly string[];
  readonly error: string;
  readonly environment: readonly (readonly [name: string, value: string])[];
  /** Files of the bundle, with what they are. */
  readonly logs: readonly (readonly [what: string, file: string])[];
  readonly bundle: string;
  readonly troubleshooting: string;
  /** Evidence that stands behind the verdict. */
  readonly evidence: string;
}

/** `2026-01-02T03:04:05.678Z` → `20260102-030405`. */
export function issueStamp(iso: string): string {
  return iso.slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
}

/** The whole file; `iso`: when it is opened. */
export function issueDocument(issue: Issue, iso: string): string {
  return `---
title: ${yamlText(`[FAILURE] [${issue.gate}/${issue.phase}] ${issue.title}`)}
date: "${iso.slice(0, 19).replace("T", " ")}"
severity: "${issue.severity}"
assigned_to: "human"
status: "open"
criterion: ${yamlText(issue.criterion)}
key: "${issue.key}"
bundle: "${issue.bundle}"
evidence: "${issue.evidence}"
---

## Failure Summary
**Phase**: ${issue.phase}
**Gate Failed**: ${issue.gate}
**Task**: ${oneLine(issue.task)}
**Cause**: ${oneLine(issue.cause)}

## Reproduction Steps
${issue.steps.map((step, index) => `${index + 1}. ${oneLine(step)}`).join("\n")}

## Error Details
${fenced(issue.error === "" ? "(no output)" : issue.error)}

## Environment Context
${issue.environment.map(([name, value]) => `- **${name}**: ${oneLine(value)}`).join("\n")}

## Logs Collected
${issue.logs.map(([what, file]) => `- [x] ${what}: \`${file}\``).join("\n")}

## Living Docs Updated
- [x] TROUBLESHOOTING.md: ${oneLine(issue.troubleshooting)}
- [x] REPLICATION-NOTES.md updated with new pitfalls
- [ ] Relevant configuration documented

## Next Steps Required
- [ ] Human investigation needed
- [ ] Architecture decision required
- [ ] External dependency issue
- [ ] Resource constraint (memory/compute)

## Blocking Dependencies
None known. List here what prevents the resolution.
`;
}

/** The template that people copy. */
export const ISSUE_TEMPLATE = `---
title: "[FAILURE] [Gate/Phase] Brief Description"
date: "YYYY-MM-DD HH:MM:SS"
severity: "P0|P1|P2|P3"
assigned_to: "human"
status: "open"
---

## Failure Summary
**Phase**: [Plan|Build|Validate|Review|Release]
**Gate Failed**: [unit|lint|type|docs|perf|security]
**Task**: [Brief task description]

## Reproduction Steps
1. [Step 1]
2. [Step 2]
3. [Step 3]

## Error Details
\`\`\`
[Full error message/stack trace]
\`\`\`

## Environment Context
- **Commit**: [git sha]
- **Branch**: [branch name]
- **Platform**: [OS details]
- **Modified Files**: [list of changed files]

## Logs Collected
- [ ] Application logs: \`logs/app-YYYY-MM-DD.log\`
- [ ] Test output: \`test-results.xml\`
- [ ] Performance metrics: \`perf-baseline.json\`
- [ ] Memory usage: \`memory-profile.txt\`

## Living Docs Updated
- [ ] TROUBLESHOOTING.md entry added
- [ ] REPLICATION-NOTES.md updated with new pitfalls
- [ ] Relevant configuration documented

## Next Steps Required
- [ ] Human investigation needed
- [ ] Architecture decision required
- [ ] External dependency issue
- [ ] Resource constraint (memory/compute)

## Blocking Dependencies
[List any dependencies preventing resolution]
`;

export interface IssueHead {
  readonly key: string;
  readonly status: string;
  readonly severity: string;
  readonly criterion: string;
}

/** The front matter of an issue; undefined where it has none that says so much. */
export function readIssueHead(text: string): IssueHead | undefined {
  const { value } = readFrontMatter(text);
  if (value === undefined) return undefined;
  const field = (name: string): string => {
    const found = value[name];
    return typeof found === "string" ? found : "";
  };
  return {
    key: field("key"),
    status: field("status"),
    severity: field("severity"),
    criterion: field("criterion"),
  };
}

const SECTIONS = [
  "Failure Summary",
  "Reproduction Steps",
  "Error Details",
  "Environment Context",
  "Logs Collected",
  "Living Docs Updated",
  "Next Steps Required",
  "Blocking Dependencies",
];

export function lintIssue(text: string): readonly FileProblem[] {
  const { value, problems } = readFrontMatter(text);
  const found: FileProblem[] = [...problems];
  const tell = (code: string, message: string): void => {
    found.push({ severity: "error", code, message, path: [], line: 1, column: 1 });
  };
  if (value === undefined && problems.length === 0)
    tell("no_front_matter", "the issue begins with no front matter");
  if (value !== undefined) {
    for (const key of ["title", "date", "severity", "assigned_to", "status"])
      if (typeof value[key] !== "string") tell("missing", `${key} is missing in the front matter`);
    if (typeof value["severity"] === "string" && !/^P[0-3]$/.test(value["severity"]))
      tell("unknown_value", `severity is "${value["severity"]}"; P0, P1, P2 or P3`);
  }
  const lines = text.split(/\r?\n/);
  for (const section of SECTIONS)
    if (!lines.includes(`## ${section}`))
      tell("missing_section", `there is no section "## ${section}"`);
  return found;
}
