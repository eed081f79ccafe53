import type { Criterion } from "./check.ts";
import type { Ladder, Level } from "./ladder-file.ts";
import type { CriterionStatus, LadderStatus, LevelStatus } from "./ladder-status.ts";
import type { ProgressionStep } from "./progression.ts";
import { fenced } from "./troubleshooting.ts";

const BEGIN =
  "<!-- generated from the log by swoosh gates report: what is edited between these marks changes nothing -->";
const END = "<!-- end of what is generated -->";

export interface ReportInput {
  readonly ladder: Ladder;
  readonly status: LadderStatus;
  readonly steps: readonly ProgressionStep[];
  /** ISO day of a moment in ms. */
  readonly dayOf: (at: number) => string;
}

/** MATURITY.md: what is generated replaces what was; everything that people wrote around it stays. */
export function mergeMaturity(text: string, input: ReportInput): string {
  const block = `${BEGIN}\n${maturityBlock(input)}${END}\n`;
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from >= 0 && to > from)
    return `${text.slice(0, from)}${block}${text.slice(to + END.length).replace(/^\n/, "")}`;
  if (text.trim() === "") return `# Maturity\n\n${block}`;
  return `${text.trimEnd()}\n\n${block}`;
}

const STATUS_WORDS: Readonly<Record<LevelStatus["state"] | "progress", string>> = {
  held: "✅ COMPLETE",
  regressed: "🔴 REGRESSED",
  open: "⬜ NOT STARTED",
  progress: "🟡 IN PROGRESS",
};

function wordOf(level: LevelStatus, status: LadderStatus): string {
  if (level.state === "open" && level.level === status.level + 1) return STATUS_WORDS.progress;
  return STATUS_WORDS[level.state];
}

function maturityBlock(input: ReportInput): string {
  const { ladder, status, steps, dayOf } = input;
  const name = status.levels[status.level]?.name;
  const last = steps.at(-1);
  const regressed = status.levels.some(({ state }) => state === "regressed");
  const top = status.level === status.levels.length - 1;
  const lines = [
    `**Ladder**: ${ladder.name}, policy version ${ladder.version}`,
    `**Current Level**: ${status.level < 0 ? "none" : `${status.level} (${name ?? ""})`} of ${status.levels.length - 1}`,
    `**Last Updated**: ${last === undefined ? "never" : dayOf(last.at)}`,
    `**Status**: ${regressed ? "🔴 Regressed: features wait" : top ? "✅ Complete" : "In Progress"}`,
    "",
    "Nothing advances on an opinion: a box is ticked by a command that was run, whose evidence is in the log.",
    "",
    "| level | name | criteria | status |",
    "|---|---|---|---|",
    ...status.levels.map(
      (level) =>
        `| ${level.level} | ${level.name} | ${level.criteria.filter(({ state }) => state === "pass").length} of ${level.criteria.length} | ${wordOf(level, status)} |`,
    ),
    "",
    ...ladder.levels.flatMap((level) => levelLines(level, status, input)),
    "## Progression Log",
    "",
    ...(steps.length === 0
      ? ["Nothing yet."]
      : [...steps]
          .reverse()
          .slice(0, 60)
          .map(
            (step) =>
              `- ${dayOf(step.at)} · level ${step.level} ${stepWords(step)} (record ${step.index})`,
          )),
    "",
    ...historyLines(ladder),
  ];
  return `${lines.join("\n")}\n`;
}

function historyLines(ladder: Ladder): readonly string[] {
  if (ladder.history.length === 0) return [];
  return [
    "## Version History",
    "",
    "| version | date | changes |",
    "|---|---|---|",
    ...ladder.history.map(({ version, date, note }) => `| ${version} | ${date} | ${note} |`),
    "",
  ];
}

function stepWords(step: ProgressionStep): string {
  const commit = step.commit === "" ? "" : ` on ${step.commit.slice(0, 12)}`;
  switch (step.kind) {
    case "reached":
      return `reached${commit}`;
    case "restored":
      return `restored${commit}`;
    case "fell":
      return `fell${commit}: ${step.detail}`;
    case "changed":
      return step.detail;
    case "verified":
      return `verified by ${step.detail.slice(0, 24)}…${commit}`;
    case "voted":
      return `vote of ${step.detail.slice(0, 24)}…${commit}`;
  }
}

function levelLines(level: Level, status: LadderStatus, input: ReportInput): readonly string[] {
  const now = status.levels[level.level];
  if (now === undefined) return [];
  const incident =
    now.incident === null
      ? []
      : [
          `**Incident**: ${now.incident.criterion}: ${now.incident.cause} (${input.dayOf(now.incident.at)})`,
          "",
        ];
  return [
    `## Level ${level.level}: ${level.name}`,
    "",
    ...(level.rule === "" ? [] : [`**Rule**: ${level.rule}`, ""]),
    `**Status**: ${wordOf(now, status)}`,
    "",
    ...incident,
    "### Exit Criteria",
    "",
    ...level.criteria.flatMap((criterion, index) => criterionLines(criterion, now.criteria[index])),
    "",
    ...(now.lacking.length === 0 ? [] : ["**Lacking**: " + now.lacking.join("; "), ""]),
    "### Regression Triggers",
    "",
    ...(level.triggers.length === 0
      ? ["None declared."]
      : level.triggers.map(
          (trigger, index) => `- ${trigger.title}: ${triggerWords(now.triggers[index])}`,
        )),
    "",
  ];
}

function triggerWords(trigger: CriterionStatus | undefined): string {
  if (trigger === undefined || trigger.state === "not-run") return "not armed";
  return trigger.state === "pass" ? "armed" : `${trigger.state}: ${trigger.cause}`;
}

function criterionLines(criterion: Criterion, now: CriterionStatus | undefined): readonly string[] {
  const passes = now?.state === "pass";
  const state = now === undefined ? "not run" : passes ? "passes" : `${now.state}: ${now.cause}`;
  const optional = (name: string, value: string | null): readonly string[] =>
    value === null ? [] : [`  - ${name}: ${value}`];
  return [
    `- [${passes ? "x" : " "}] **${criterion.title}** (\`${criterion.id}\`)`,
    `  - Current: ${criterion.current === null || passes ? state : `${criterion.current} (${state})`}`,
    ...optional("Target", criterion.target),
    ...optional("Blocker", passes ? null : criterion.blocker),
    ...optional("Note", criterion.note),
    `  - Automated Check: ${criterion.check === null ? "none yet" : codeOf(criterion.check.run)}`,
    `  - Negative: ${criterion.negative === null ? "none" : codeOf(criterion.negative.run)}`,
    ...(now === undefined || now.evidence === "" ? [] : [`  - Evidence: ${now.evidence}`]),
  ];
}

function codeOf(command: string): string {
  return `\`\` ${command.replaceAll(/\s+/g, " ").replaceAll("`", "'")} \`\``;
}

/** The report of one level, as it stood when it was written. */
export function levelReport(level: Level, input: ReportInput): string {
  const { status, steps, dayOf, ladder } = input;
  const own = steps.filter((step) => step.level === level.level);
  const reached = own.find(({ kind }) => kind === "reached");
  return `---
title: "Level ${level.level}: ${level.name}"
ladder: "${ladder.name}"
policy_version: "${ladder.version}"
commit: "${status.commit}"
reached: "${reached === undefined ? "no" : dayOf(reached.at)}"
---

# Level ${level.level}: ${level.name}

${levelLines(level, status, input).slice(2).join("\n")}
### Commands

${fenced(level.criteria.map(({ id, check }) => `# ${id}\n${check === null ? "# none yet" : check.run}`).join("\n"))}

### Steps

${own.length === 0 ? "None yet." : own.map((step) => `- ${dayOf(step.at)}: ${stepWords(step)} (record ${step.index})`).join("\n")}
`;
}
