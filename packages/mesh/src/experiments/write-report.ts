import type { Claim, Experiment } from "./experiment.ts";
import { drawPlot } from "./draw-plot.ts";
import type { Judged } from "./judge-claim.ts";
import { seedsOf } from "./run-experiment.ts";
import type { Plotted } from "./plot-points.ts";
import { subjectOf, type ClaimSummary, type ExperimentSummary } from "./summarise-experiment.ts";

/** When, on what and for how long an experiment ran. */
export interface RunFacts {
  /** In UTC. */
  readonly startedAt: string;
  readonly seconds: number;
  /** Of the machine, over the minute before the run and its last one: how much a time may be trusted. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  /** What was checked out. */
  readonly commit: string;
  /** What was stamped of it. A text is the name of a whole tree, from before each result had its own files, and counts as stale. */
  readonly sources: MeasuredSources | string;
}

/**
 * The files that decide what an experiment measures: where it is defined, what runs and judges it, what is lent to it by
 * the mesh's host, and whatever these import of the mesh and of that host. Without types, tests and comments.
 */
export interface MeasuredSources {
  /** The module that defines it, from the mesh's sources on. */
  readonly of: string;
  readonly files: number;
  /** 16 hexadecimal digits of SHA-256 over paths, lengths and texts. */
  readonly hash: string;
}

/** What is kept of one run in the repository. */
export interface ExperimentResult {
  readonly summary: ExperimentSummary;
  readonly plots: readonly Plotted[];
  /** Of the file of raw samples. */
  readonly samplesHash: string;
  readonly machine: string;
  /** Absent of results from before it was noted. */
  readonly run?: RunFacts;
}

/**
 * Files of the report on `experiments` by their names; computed from the results alone, so that whoever has them gets the
 * same bytes. One without a result is NOT-RUN.
 */
export function writeReport(
  experiments: readonly Experiment[],
  results: readonly ExperimentResult[],
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const sections: string[] = [];
  for (const experiment of experiments) {
    const result = results.find(({ summary }) => summary.id === experiment.id);
    sections.push(sectionOf(experiment, result));
    for (const [index, plot] of (result?.plots ?? []).entries())
      files.set(plotName(experiment, index), drawPlot(plot));
  }
  const overview = experiments.map((experiment) =>
    overviewRow(
      experiment,
      results.find(({ summary }) => summary.id === experiment.id),
    ),
  );
  files.set(
    "report.md",
    [
      "# What the mesh was measured to do",
      "",
      "Written by `swoosh mesh report` from the raw samples of `swoosh mesh experiment`; `swoosh mesh report --check` computes it again and compares every byte. Nothing here was typed by hand.",
      "",
      "A claim passes only if the worse end of its 95 % interval passes. A mutant is a deliberately broken arm that must fail the claims that name it. *Bar* is the criterion's own; *design* is the more ambitious one, reported as it falls. NOT-RUN never passes.",
      "",
      "| experiment | § | bar | design |",
      "|---|---|---|---|",
      ...overview,
      "",
      ...sections,
    ].join("\n"),
  );
  return files;
}

function plotName(experiment: Experiment, index: number): string {
  return `${experiment.id.replaceAll(".", "-")}-${index + 1}.svg`;
}

function overviewRow(experiment: Experiment, result: ExperimentResult | undefined): string {
  // A small run shows that an experiment works; the criterion asks for all of its seeds.
  const isSmall = result?.summary.size === "small";
  const verdict = `${result?.summary.outcome ?? "NOT-RUN"}${isSmall ? " (small run)" : ""}`;
  const designs = experiment.claims.filter(({ bar }) => bar === "ambitious");
  const passed = designs.filter(
    ({ id }) => result?.summary.claims.find((claim) => claim.id === id)?.outcome === "pass",
  );
  const wereRun = designs.some(
    ({ id }) =>
      (result?.summary.claims.find((claim) => claim.id === id)?.outcome ?? "NOT-RUN") !== "NOT-RUN",
  );
  const design =
    designs.length === 0
      ? "—"
      : !wereRun
        ? "NOT-RUN"
        : `${passed.length} of ${designs.length}${isSmall ? " (small run)" : ""}`;
  return `| [${experiment.title}](#${anchorOf(experiment)}) | ${experiment.section} | ${verdict} | ${design} |`;
}

/** As GitHub makes anchors of headings. */
function anchorOf(experiment: Experiment): string {
  return headingOf(experiment)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} -]/gu, "")
    .replaceAll(" ", "-");
}

function headingOf(experiment: Experiment): string {
  return `${experiment.title} (${experiment.id})`;
}

function sectionOf(experiment: Experiment, result: ExperimentResult | undefined): string {
  const lines = [`## ${headingOf(experiment)}`, "", experiment.method, ""];
  if (result === undefined) lines.push("**NOT-RUN**: no samples of it were given.", "");
  else {
    const { summary, samplesHash, machine } = result;
    lines.push(
      `**${summary.outcome}** · ${seedsOf(experiment, summary.size).length} of ${experiment.seeds.length} seeds from ${experiment.seeds[0] ?? 0}, size ${summary.size} · agreed before the run: ${shortHash(summary.frozenHash)} · raw samples: ${shortHash(samplesHash)} · ${machine} · ${runText(result.run)}`,
      "",
      "| claim | bar | must be | measured | 95 % interval | verdict | other arms |",
      "|---|---|---|---|---|---|---|",
      ...experiment.claims.map((claim) =>
        claimRow(
          experiment,
          claim,
          summary.claims.find(({ id }) => id === claim.id),
        ),
      ),
      "",
      ...notesOf(summary),
    );
    for (const index of result.plots.keys())
      lines.push(`![${result.plots[index]?.title ?? ""}](${plotName(experiment, index)})`, "");
  }
  return lines.join("\n");
}

function runText(run: RunFacts | undefined): string {
  if (run === undefined) return "date and load of the run were not noted";
  const { startedAt, seconds, loadBefore, loadAfter, commit, sources } = run;
  return `run on ${startedAt.slice(0, 16).replace("T", " ")} UTC for ${print(seconds)} s, load ${print(loadBefore)} before and ${print(loadAfter)} after, mesh sources ${sourcesText(sources)} at commit \`${commit}\``;
}

function sourcesText(sources: RunFacts["sources"]): string {
  return typeof sources === "string"
    ? `\`${sources}\``
    : `\`${sources.hash}\` (${sources.files} files from \`packages/mesh/src/${sources.of}\` on)`;
}

function claimRow(experiment: Experiment, claim: Claim, summary: ClaimSummary | undefined): string {
  const sign = claim.direction === "at-least" ? "≥" : "≤";
  const bar = claim.bar === "seed" ? "criterion" : "design";
  const unit = claim.unit === undefined ? "" : ` ${claim.unit}`;
  const wanted = `${sign} ${print(claim.threshold)}${unit}`;
  if (summary === undefined) return `| ${claim.text} | ${bar} | ${wanted} | | | NOT-RUN | |`;
  const { judged, outcome, others } = summary;
  const beside = others.map(
    ({ arm, role, judged: other, escaped }) =>
      `${role === "mutant" ? "mutant " : ""}${arm}: ${other.n === 0 ? "—" : print(other.estimate)}${mutantWord(experiment, claim, arm, escaped)}`,
  );
  const subject = subjectOf(experiment, claim);
  const n = judged.n === 0 ? "" : ` (${subject}, n = ${judged.n})`;
  return `| ${claim.text} | ${bar} | ${wanted} | ${printJudged(judged)}${n} | ${printInterval(judged)} | ${outcome} | ${beside.join("; ")} |`;
}

function mutantWord(experiment: Experiment, claim: Claim, name: string, escaped: boolean): string {
  const arm = experiment.arms.find((one) => one.name === name);
  if (arm?.mustFail?.includes(claim.id) !== true) return "";
  return escaped ? " (PASSES, but must fail)" : " (fails, as it must)";
}

function notesOf(summary: ExperimentSummary): readonly string[] {
  if (summary.notes.length === 0) return [];
  const shown = summary.notes.slice(0, NOTES_MAX).map((note) => `- ${note}`);
  const more = summary.notes.length - shown.length;
  return [...shown, ...(more > 0 ? [`- and ${more} more`] : []), ""];
}

const NOTES_MAX = 5;

function printJudged(judged: Judged): string {
  return judged.n === 0 ? "—" : print(judged.estimate);
}

function printInterval({ n, low, high }: Judged): string {
  return n === 0 ? "—" : `${print(low)} … ${print(high)}`;
}

/** Four significant digits; whole numbers whole. What is no number was not measured; in a file of results it is null. */
function print(value: number | null): string {
  if (value === null || Number.isNaN(value)) return "—";
  if (Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}

function shortHash(hash: string): string {
  return `\`${hash.replace("sha256-", "").slice(0, 12)}\``;
}
