import { performance } from "node:perf_hooks";
import { summarise, type Summary } from "./summary.ts";

/** Something to be timed. Its result is kept alive, so that the engine cannot drop the work. */
export interface Contender {
  readonly name: string;
  /** Does `operations` operations; the default is one. */
  readonly run: () => unknown;
  /** How many operations one call of `run` does. */
  readonly operations?: number;
}

export interface MeasureOptions {
  /** Rounds in which each contender is timed once; default 31. */
  readonly rounds?: number;
  /** Aim for the time of one sample, in ms; default 20. */
  readonly sampleMs?: number;
  /** Calls of each contender before anything is timed, in ms; default 200. */
  readonly warmupMs?: number;
}

/** Figures of one contender; times in nanoseconds for one operation. */
export interface Measured extends Summary {
  readonly name: string;
  readonly operationsPerSecond: number;
  /** How many times as fast as the first contender: the median of the ratios within each round. */
  readonly ratio: Summary;
}

interface Prepared {
  readonly contender: Contender;
  readonly calls: number;
  readonly samplesNs: number[];
}

/** Results of contenders go here, where no engine can prove that nobody reads them. */
const kept: { last: unknown } = { last: undefined };

/**
 * Times the contenders in interleaved rounds, each round beginning with another one, so that a slow moment of the
 * machine falls on all of them alike; medians and quartiles, never means.
 */
export function measure(
  contenders: readonly Contender[],
  options: MeasureOptions = {},
): readonly Measured[] {
  const { rounds = 31, sampleMs = 20, warmupMs = 200 } = options;
  const prepared = contenders.map((contender) => prepare(contender, warmupMs, sampleMs));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < prepared.length; turn += 1) {
      const next = prepared[(round + turn) % prepared.length];
      if (next !== undefined) next.samplesNs.push(sampleNs(next.contender, next.calls));
    }
  }
  const first = prepared[0]?.samplesNs ?? [];
  return prepared.map(({ contender, samplesNs }) => {
    const summary = summarise(samplesNs);
    const ratio = summarise(samplesNs.map((ns, round) => (first[round] ?? ns) / ns));
    return { name: contender.name, ...summary, operationsPerSecond: 1e9 / summary.median, ratio };
  });
}

function prepare(contender: Contender, warmupMs: number, sampleMs: number): Prepared {
  const started = performance.now();
  let calls = 0;
  do {
    kept.last = contender.run();
    calls += 1;
  } while (performance.now() - started < warmupMs);
  // Warm calls are quicker than the average of the warm-up, so the second half of the guess is measured warm.
  const warmNs =
    sampleNs(contender, Math.max(1, Math.ceil(calls / 4))) * (contender.operations ?? 1);
  return { contender, calls: Math.max(1, Math.round((sampleMs * 1e6) / warmNs)), samplesNs: [] };
}

/** Nanoseconds for one operation, over so many calls. */
function sampleNs(contender: Contender, calls: number): number {
  const { run } = contender;
  const started = performance.now();
  for (let call = 0; call < calls; call += 1) kept.last = run();
  const elapsedNs = (performance.now() - started) * 1e6;
  return elapsedNs / (calls * (contender.operations ?? 1));
}
