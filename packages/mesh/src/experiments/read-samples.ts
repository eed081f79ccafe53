import type { NotRun, Sample } from "./experiment.ts";
import type { Recorded } from "./summarise-experiment.ts";

/** All lines, or the first bad one and what is wrong with it. */
export type ReadSamples =
  | ({ readonly ok: true } & Recorded)
  | { readonly ok: false; readonly line: number; readonly problem: string };

/**
 * Raw samples of `experiment`, its id, from `text` as JSON Lines; a cut last line, or else the first that is none or
 * another's, is the problem. Numbers are measurements, so fractions are allowed here, and only here.
 */
export function readSamples(text: string, experiment: string): ReadSamples {
  const samples: Sample[] = [];
  const notRun: NotRun[] = [];
  const lines = text.split("\n");
  if (lines.at(-1) !== "")
    return { ok: false, line: lines.length, problem: "the last line is cut: it has no line end" };
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const read = readLine(line, experiment);
    if (typeof read === "string") return { ok: false, line: index + 1, problem: read };
    if ("notRun" in read) notRun.push(read);
    else samples.push(read);
  }
  return { ok: true, samples, notRun };
}

/** The line of the raw samples for `sample`, with its end. */
export function writeSample(sample: Sample | NotRun): string {
  return `${JSON.stringify(sample)}\n`;
}

/** What is wrong with the line, or what it says. */
function readLine(line: string, experiment: string): Sample | NotRun | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "not JSON";
  }
  if (!isObject(value)) return "not an object";
  const { arm, seed, group, values, notRun } = value;
  if (value["experiment"] !== experiment)
    return `experiment is ${JSON.stringify(value["experiment"])}, not "${experiment}"`;
  if (typeof arm !== "string") return "arm is no text";
  if (typeof seed !== "number" || !Number.isSafeInteger(seed)) return "seed is no integer";
  if (typeof notRun === "string") return { experiment, arm, seed, notRun };
  if (typeof group !== "string") return "group is no text";
  if (!isObject(values)) return "values is no object";
  const numbers: Record<string, number> = {};
  for (const [metric, number] of Object.entries(values)) {
    if (typeof number !== "number") return `values.${metric} is no number`;
    numbers[metric] = number;
  }
  return { experiment, arm, seed, group, values: numbers };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
