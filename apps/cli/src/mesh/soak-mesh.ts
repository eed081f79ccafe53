import { judgeLeak } from "@swoosh/mesh";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createLoadedMesh, LOAD_SHARDS } from "./loaded-mesh.ts";

export interface SoakJob {
  readonly warmupSeconds: number;
  /** After the warm-up. */
  readonly seconds: number;
  readonly ticksPerSecond: number;
  /** Bytes that are lost on purpose each second. */
  readonly leak: number;
  /** Ends as soon as the slope is surely above the bar. */
  readonly untilLeak: boolean;
  /** Throws at this tick, as a mesh with a mistake would. */
  readonly throwAtTick?: number;
}

/** What the process held at one moment after the warm-up. */
export interface SoakSample {
  readonly seconds: number;
  /** After a collection, with the bytes of array buffers. */
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly handles: number;
}

export interface Soaked {
  readonly samples: readonly SoakSample[];
  readonly ticks: number;
  readonly seconds: number;
  readonly tickMsP99: number;
  /** Shards under way beyond those that the load keeps there. */
  readonly held: number;
}

/** The bar of the criterion: 1 MB an hour. */
export const BYTES_PER_HOUR_MAX = 1_000_000;
const SIDE = 5;
/** Ticks whose time is kept, newest over oldest. */
const TICKS_KEPT = 100_000;
/** Samples before which nothing is said of a slope. */
const SAMPLES_MIN = 12;

/** 5×5 cells under a steady load at a steady tempo, and what the process holds, every ten seconds or 60 times in all. */
export async function soakMesh(
  job: SoakJob,
  onSample: (sample: SoakSample, count: number) => void,
): Promise<Soaked> {
  const mesh = createLoadedMesh(SIDE);
  const collect = collector();
  const leaked: Uint8Array[] = [];
  const samples: SoakSample[] = [];
  // Of full size and written to from the beginning: a list that grows, or pages that the system lends one by one, would
  // be the leak that is looked for.
  const tickMs = new Float64Array(TICKS_KEPT).fill(-1);
  const leakPerTick = Math.max(1, Math.round(job.leak / job.ticksPerSecond));
  const periodMs = 1_000 / job.ticksPerSecond;
  const sampleMs = Math.min(10_000, (job.seconds * 1_000) / 60);
  const startedMs = performance.now();
  const endMs = startedMs + (job.warmupSeconds + job.seconds) * 1_000;
  let [ticks, sampleAtMs] = [0, startedMs + job.warmupSeconds * 1_000];
  while (performance.now() < endMs) {
    const beganMs = performance.now();
    mesh.tick();
    ticks += 1;
    if (ticks === job.throwAtTick) throw new Error(`thrown on purpose at tick ${ticks}`);
    if (job.leak > 0) leaked.push(new Uint8Array(leakPerTick).fill(1));
    tickMs[ticks % TICKS_KEPT] = performance.now() - beganMs;
    if (beganMs >= sampleAtMs) {
      sampleAtMs += sampleMs;
      collect();
      const sample = takeSample((performance.now() - startedMs) / 1_000);
      samples.push(sample);
      onSample(sample, samples.length);
      if (job.untilLeak && samples.length >= SAMPLES_MIN && hasLeak(samples)) break;
    }
    await wait(Math.max(0, startedMs + ticks * periodMs - performance.now()));
  }
  const taken = tickMs.slice(0, Math.min(ticks, TICKS_KEPT)).sort();
  return {
    samples,
    ticks,
    seconds: (performance.now() - startedMs) / 1_000,
    tickMsP99: taken[Math.floor(taken.length * 0.99)] ?? 0,
    held: Math.max(0, mesh.inFlight() - LOAD_SHARDS),
  };
}

function takeSample(seconds: number): SoakSample {
  const { heapUsed, rss, arrayBuffers } = process.memoryUsage();
  return {
    seconds,
    heapBytes: heapUsed + arrayBuffers,
    residentBytes: rss,
    handles: process.getActiveResourcesInfo().length,
  };
}

function hasLeak(samples: readonly SoakSample[]): boolean {
  const held = samples.map(({ seconds, heapBytes }) => ({ seconds, bytes: heapBytes }));
  return judgeLeak(held, BYTES_PER_HOUR_MAX).verdict === "leak";
}

/** V8's collector on demand, whatever the flags of the process were. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const found: unknown = runInNewContext("gc");
  return () => {
    if (typeof found === "function") found();
  };
}
