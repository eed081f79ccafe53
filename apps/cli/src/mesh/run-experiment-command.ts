import {
  EXPERIMENTS,
  findExperiment,
  frozenHashOf,
  runExperiment,
  seedsOf,
  summariseExperiment,
  writeSample,
  type Experiment,
  type ExperimentSummary,
  type NotRun,
  type RunFacts,
  type Sample,
} from "@swoosh/mesh";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { kernel } from "../kernel.ts";
import { WorldError } from "../world-error.ts";
import { lend } from "./lend.ts";
import { machineName, noteRun } from "./run-facts.ts";

export interface ExperimentFlags {
  readonly samples: string;
  readonly size: "small" | "full";
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `swoosh mesh experiment`: runs one criterion, a chapter (`load`), or `all`; raw samples go to a folder of the caller's. */
export async function runMeshExperiment(
  port: ConsolePort,
  ids: readonly string[],
  flags: ExperimentFlags,
): Promise<ExitCode> {
  const chosen = ids.flatMap((id) =>
    EXPERIMENTS.filter((one) => id === "all" || one.id === id || one.id.startsWith(`${id}.`)),
  );
  const unknown = ids.find(
    (id) =>
      id !== "all" &&
      findExperiment(id) === undefined &&
      !EXPERIMENTS.some((one) => one.id.startsWith(`${id}.`)),
  );
  if (unknown !== undefined || chosen.length === 0) {
    port.err(
      `swoosh: there is no experiment ${unknown ?? ""}; there are: ${EXPERIMENTS.map(({ id }) => id).join(", ")}\n`,
    );
    return EXIT.usage;
  }
  let passes = true;
  for (const experiment of new Set(chosen)) {
    const summary = await runOne(port, experiment, flags);
    passes &&= summary.outcome === "pass";
    port.out(flags.json ? `${JSON.stringify(summary)}\n` : linesOf(experiment, summary));
  }
  return passes ? EXIT.ok : EXIT.no;
}

async function runOne(
  port: ConsolePort,
  experiment: Experiment,
  flags: ExperimentFlags,
): Promise<ExperimentSummary> {
  const samples: Sample[] = [];
  const notRun: NotRun[] = [];
  const startedMs = performance.now();
  let saidMs = startedMs;
  const factsOf = noteRun(experiment.id);
  await runExperiment(
    experiment,
    {
      size: flags.size,
      nowMs: () => performance.now(),
      residentBytes: () => process.memoryUsage.rss(),
      lend,
      progress: (done, total) => {
        const nowMs = performance.now();
        if (flags.quiet || nowMs - saidMs < 3_000) return;
        saidMs = nowMs;
        port.err(
          `${experiment.id}: ${done} of ${total} runs, ${Math.round((nowMs - startedMs) / 1_000)} s\n`,
        );
      },
    },
    (line) => {
      if ("notRun" in line) notRun.push(line);
      else samples.push(line);
    },
  );
  const frozenHash = frozenHashOf(kernel.hasher, experiment);
  writeSamples(flags, experiment.id, [...samples, ...notRun], { frozenHash, run: factsOf() });
  return summariseExperiment(experiment, frozenHash, {
    samples,
    notRun,
    size: flags.size,
    seeds: seedsOf(experiment, flags.size),
  });
}

/** Beside the samples stands what the run was about: what was agreed, its size, the machine, and when, on what and for how long it ran. */
function writeSamples(
  flags: ExperimentFlags,
  id: string,
  lines: readonly (Sample | NotRun)[],
  about: { readonly frozenHash: string; readonly run: RunFacts },
): void {
  try {
    mkdirSync(flags.samples, { recursive: true });
    writeFileSync(join(flags.samples, `${id}.jsonl`), lines.map(writeSample).join(""));
    const { frozenHash, run } = about;
    writeFileSync(
      join(flags.samples, `${id}.run.json`),
      `${JSON.stringify({ frozenHash, size: flags.size, machine: machineName(), run })}\n`,
    );
  } catch (cause) {
    throw new WorldError(
      `cannot write samples to ${flags.samples}: ${cause instanceof Error ? cause.message : String(cause)}; give another folder with --samples`,
      { cause },
    );
  }
}

function linesOf(experiment: Experiment, summary: ExperimentSummary): string {
  const claims = summary.claims.map(({ id, outcome, judged }) => {
    const claim = experiment.claims.find((one) => one.id === id);
    const sign = claim?.direction === "at-most" ? "≤" : "≥";
    const design = claim?.bar === "ambitious" ? " (design)" : "";
    return `  ${outcome.padEnd(7)} ${digits(judged.estimate)} [${digits(judged.low)}, ${digits(judged.high)}] ${sign} ${digits(claim?.threshold ?? 0)}  ${claim?.text ?? id}${design}\n`;
  });
  const notes = summary.notes.slice(0, 3).map((note) => `  ${note}\n`);
  const escaped = summary.claims.flatMap(({ id, others }) =>
    others
      .filter((one) => one.escaped)
      .map(({ arm }) => `  the mutant "${arm}" passes ${id}, which it must fail\n`),
  );
  return `${summary.outcome.padEnd(7)} ${experiment.id}: ${experiment.title}\n${[...claims, ...escaped, ...notes].join("")}`;
}

function digits(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
