import {
  EXPERIMENTS,
  frozenHashOf,
  plotPoints,
  readSamples,
  seedsOf,
  summariseExperiment,
  writeReport,
  type Experiment,
  type ExperimentResult,
  type RunFacts,
} from "@swoosh/mesh";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { kernel } from "../kernel.ts";
import { readText } from "../read-text.ts";
import { WorldError } from "../world-error.ts";
import { checkedOutSources } from "./measured-sources.ts";

export interface ReportFlags {
  readonly samples: string;
  readonly out: string;
  readonly check: boolean;
}

const RESULTS = "results.jsonl";
const SAMPLES_BYTES_MAX = 256 * 1024 * 1024;

/**
 * `swoosh mesh report`: from raw samples to results and from results to the report. With `--check` nothing is written:
 * the report is computed again from the results in the repository, and these, where the samples are at hand, from them.
 */
export function runMeshReport(port: ConsolePort, flags: ReportFlags): ExitCode {
  const kept = readResults(flags.out);
  const fresh = EXPERIMENTS.flatMap((experiment) => resultOf(experiment, flags.samples) ?? []);
  if (flags.check) return check(port, flags, kept, fresh);
  // What was not run again keeps its result, if it is still about the same claims.
  const results = EXPERIMENTS.flatMap((experiment) => {
    const mine = fresh.find(({ summary }) => summary.id === experiment.id);
    const before = kept.find(({ summary }) => summary.id === experiment.id);
    const isSame = before?.summary.frozenHash === frozenHashOf(kernel.hasher, experiment);
    return mine ?? (isSame ? before : undefined) ?? [];
  });
  try {
    mkdirSync(flags.out, { recursive: true });
    writeFileSync(
      join(flags.out, RESULTS),
      results.map((result) => `${JSON.stringify(result)}\n`).join(""),
    );
    for (const [name, text] of writeReport(EXPERIMENTS, results))
      writeFileSync(join(flags.out, name), text);
  } catch (cause) {
    throw new WorldError(
      `cannot write the report to ${flags.out}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  port.out(
    `${join(flags.out, "report.md")}: ${results.length} of ${EXPERIMENTS.length} experiments, ${fresh.length} from samples in ${flags.samples}\n`,
  );
  return EXIT.ok;
}

function check(
  port: ConsolePort,
  flags: ReportFlags,
  kept: readonly ExperimentResult[],
  fresh: readonly ExperimentResult[],
): ExitCode {
  const wrong: string[] = [];
  for (const result of kept) {
    const { id, frozenHash } = result.summary;
    const experiment = EXPERIMENTS.find((one) => one.id === id);
    if (experiment === undefined) wrong.push(`${id} is no experiment any more`);
    else if (frozenHashOf(kernel.hasher, experiment) !== frozenHash)
      wrong.push(`${id}: workload, seeds or claims were changed since it was run; run it again`);
    const again = fresh.find(({ summary }) => summary.id === id);
    if (again === undefined) continue;
    if (again.samplesHash !== result.samplesHash)
      wrong.push(`${id}: the samples in ${flags.samples} are of another run`);
    else if (JSON.stringify(again) !== JSON.stringify(result))
      wrong.push(`${id}: the result is not what its raw samples give`);
  }
  for (const [name, text] of writeReport(EXPERIMENTS, kept)) {
    const file = join(flags.out, name);
    if (!existsSync(file) || readText(file) !== text)
      wrong.push(`${file} is not what its results give; write it anew with swoosh mesh report`);
  }
  for (const problem of wrong) port.err(`swoosh: ${problem}\n`);
  if (wrong.length > 0) return EXIT.no;
  const older = staleOf(kept);
  port.out(
    `${kept.length} results and their report are what was computed; ${fresh.length} of them from raw samples\n` +
      `${kept.length - older.length} of them were measured on what they measure as it is here; on other sources, or unknown: ${older.join(", ") || "none"}\n`,
  );
  return EXIT.ok;
}

/** Results whose own sources are others now, or were not noted file by file. */
function staleOf(kept: readonly ExperimentResult[]): readonly string[] {
  const sources = checkedOutSources();
  return kept.flatMap(({ summary: { id }, run }) => {
    const noted = run?.sources;
    const now = sources.measured(id);
    const isSame =
      typeof noted === "object" &&
      now !== undefined &&
      noted.of === now.of &&
      noted.files === now.files &&
      noted.hash === now.hash;
    return isSame ? [] : [id];
  });
}

function readResults(out: string): readonly ExperimentResult[] {
  const file = join(out, RESULTS);
  if (!existsSync(file)) return [];
  return readText(file)
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => {
      try {
        const result: ExperimentResult = JSON.parse(line);
        if (typeof result.summary.id !== "string" || !Array.isArray(result.plots))
          throw new Error("it is no result");
        return result;
      } catch (cause) {
        throw new WorldError(
          `${file}, line ${index + 1}: ${cause instanceof Error ? cause.message : String(cause)}; restore the file, or write it anew from samples`,
          { cause },
        );
      }
    });
}

function resultOf(experiment: Experiment, folder: string): ExperimentResult | undefined {
  const file = join(folder, `${experiment.id}.jsonl`);
  if (!existsSync(file)) return undefined;
  const text = readText(file, SAMPLES_BYTES_MAX);
  const read = readSamples(text, experiment.id);
  if (!read.ok)
    throw new WorldError(`${file}, line ${read.line}: ${read.problem}; run the experiment again`);
  const about = readAbout(join(folder, `${experiment.id}.run.json`));
  const frozenHash = frozenHashOf(kernel.hasher, experiment);
  if (about.frozenHash !== frozenHash)
    throw new WorldError(
      `${file} was made for other claims or seeds than ${experiment.id} has now; run the experiment again`,
    );
  const { size, machine, run } = about;
  const seeds = seedsOf(experiment, size);
  return {
    summary: summariseExperiment(experiment, frozenHash, { ...read, size, seeds }),
    plots: plotPoints(experiment, read.samples),
    samplesHash:
      kernel.hasher.sha256Hex?.(text) ?? Buffer.from(kernel.hasher.sha256(text)).toString("hex"),
    machine,
    ...(run === undefined ? {} : { run }),
  };
}

interface About {
  readonly frozenHash: string;
  readonly size: "small" | "full";
  readonly machine: string;
  /** Absent of runs from before it was noted. */
  readonly run: RunFacts | undefined;
}

function readAbout(file: string): About {
  const { frozenHash, size, machine, run } = fieldsOf(JSON.parse(readText(file)));
  if (
    typeof frozenHash !== "string" ||
    (size !== "small" && size !== "full") ||
    typeof machine !== "string"
  )
    throw new WorldError(`${file} does not say what its run was about; run the experiment again`);
  return { frozenHash, size, machine, run: runFactsOf(run, file) };
}

function runFactsOf(value: unknown, file: string): RunFacts | undefined {
  if (value === undefined) return undefined;
  const { startedAt, seconds, loadBefore, loadAfter, commit, sources } = fieldsOf(value);
  if (
    typeof startedAt !== "string" ||
    typeof seconds !== "number" ||
    typeof loadBefore !== "number" ||
    typeof loadAfter !== "number" ||
    typeof commit !== "string"
  )
    throw new WorldError(`${file} does not say when its run was, and on what; run it again`);
  return {
    startedAt,
    seconds,
    loadBefore,
    loadAfter,
    commit,
    sources: sourcesOf(sources, file),
  };
}

function sourcesOf(value: unknown, file: string): RunFacts["sources"] {
  if (typeof value === "string") return value;
  const { of, files, hash } = fieldsOf(value);
  if (typeof of !== "string" || typeof files !== "number" || typeof hash !== "string")
    throw new WorldError(`${file} does not say which sources were measured; run it again`);
  return { of, files, hash };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
