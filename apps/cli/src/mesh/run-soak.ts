import {
  createEventWriter,
  createLoadDriver,
  createTopology,
  gossipedSummaries,
  judgeLeak,
  ShardMesh,
  type LeakSample,
} from "@swoosh/mesh";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { setTimeout as wait } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";

export interface SoakFlags {
  readonly minutes: number;
  readonly ticksPerSecond: number;
  /** Bytes that are lost on purpose each second. */
  readonly leak: number;
  readonly prove: boolean;
  readonly json: boolean;
}

/** The bar of the criterion: 1 MB an hour. */
const BYTES_PER_HOUR_MAX = 1_000_000;
const SAMPLE_MS = 10_000;
/** The criterion's warm-up, of which nothing is judged; a short run gives a twelfth of its time. */
const WARMUP_MS_MAX = 300_000;
const PROOF_LEAK = 10_000;
const PROOF_MINUTES = 10;

/**
 * `swoosh mesh soak`: a mesh under load at a steady tempo, and the slope of what the process holds. With `--prove` a run
 * that leaks 10 KB/s on purpose comes first, and must be caught within ten minutes: a test that finds nothing there is broken.
 */
export async function runMeshSoak(port: ConsolePort, flags: SoakFlags): Promise<ExitCode> {
  if (flags.prove) {
    const proof = await soak(port, { ...flags, minutes: PROOF_MINUTES, leak: PROOF_LEAK });
    const caught = proof.heap.verdict === "leak";
    port.out(
      `${caught ? "pass" : "fail"}    a leak of ${PROOF_LEAK} bytes/s is caught after ${proof.minutes.toFixed(1)} minutes\n`,
    );
    if (!caught) return EXIT.no;
  }
  const found = await soak(port, flags);
  const passes = found.heap.verdict === "none" && found.handles === 0 && found.held === 0;
  if (flags.json) port.out(`${JSON.stringify({ passes, ...found })}\n`);
  else {
    for (const [name, slope] of [
      ["heap after collection", found.heap],
      ["resident memory", found.resident],
    ] as const)
      port.out(
        `${slope.verdict.padEnd(9)} ${name}: ${megabytes(slope.estimate)} MB/h [${megabytes(slope.low)}, ${megabytes(slope.high)}], at most 1\n`,
      );
    port.out(
      `${passes ? "pass" : "fail"}    ${found.ticks} ticks in ${found.minutes.toFixed(1)} minutes, tick p99 ${found.tickMsP99.toFixed(2)} ms; handles grew by ${found.handles}, kept entries by ${found.held}\n`,
    );
  }
  return passes ? EXIT.ok : EXIT.no;
}

interface Soaked {
  readonly heap: ReturnType<typeof judgeLeak>;
  readonly resident: ReturnType<typeof judgeLeak>;
  readonly ticks: number;
  readonly minutes: number;
  readonly tickMsP99: number;
  /** How many more there are at the end than after the warm-up. */
  readonly handles: number;
  /** Shards under way beyond those that the load keeps there. */
  readonly held: number;
}

async function soak(port: ConsolePort, flags: SoakFlags): Promise<Soaked> {
  const mesh = createLoadedMesh();
  const collect = collector();
  const leaked: Uint8Array[] = [];
  const [heap, resident]: [LeakSample[], LeakSample[]] = [[], []];
  // Of full size from the beginning: a list that grows would be the leak that is looked for.
  const tickMs = new Float64Array(TICKS_KEPT);
  const startedMs = performance.now();
  const endMs = startedMs + flags.minutes * 60_000;
  const warmMs = startedMs + Math.min(WARMUP_MS_MAX, (flags.minutes * 60_000) / 12);
  const periodMs = 1_000 / flags.ticksPerSecond;
  let [ticks, sampleAtMs, handlesBefore] = [0, warmMs, 0];
  while (performance.now() < endMs) {
    const beganMs = performance.now();
    mesh.tick();
    ticks += 1;
    if (flags.leak > 0)
      leaked.push(
        new Uint8Array(Math.max(1, Math.round(flags.leak / flags.ticksPerSecond))).fill(1),
      );
    tickMs[ticks % TICKS_KEPT] = performance.now() - beganMs;
    if (beganMs >= sampleAtMs) {
      sampleAtMs += Math.min(SAMPLE_MS, (flags.minutes * 60_000) / 60);
      collect();
      const { heapUsed, rss, arrayBuffers } = process.memoryUsage();
      const seconds = (performance.now() - startedMs) / 1_000;
      heap.push({ seconds, bytes: heapUsed + arrayBuffers });
      resident.push({ seconds, bytes: rss });
      if (heap.length === 1) handlesBefore = process.getActiveResourcesInfo().length;
      if (heap.length % 30 === 0)
        port.err(
          `soak: ${Math.round(seconds)} s, ${ticks} ticks, heap ${megabytes(heapUsed)} MB, resident ${megabytes(rss)} MB\n`,
        );
      // A proof ends as soon as it is one.
      if (
        flags.leak > 0 &&
        heap.length >= 12 &&
        judgeLeak(heap, BYTES_PER_HOUR_MAX).verdict === "leak"
      )
        break;
    }
    await wait(Math.max(0, startedMs + ticks * periodMs - performance.now()));
  }
  const taken = tickMs.slice(0, Math.min(ticks, TICKS_KEPT)).sort();
  return {
    heap: judgeLeak(heap, BYTES_PER_HOUR_MAX),
    resident: judgeLeak(resident, BYTES_PER_HOUR_MAX),
    ticks,
    minutes: (performance.now() - startedMs) / 60_000,
    tickMsP99: taken[Math.floor(taken.length * 0.99)] ?? 0,
    handles: Math.max(0, process.getActiveResourcesInfo().length - handlesBefore),
    held: Math.max(0, mesh.inFlight() - LOAD_SHARDS),
  };
}

const LOAD_SHARDS = 16;
/** Ticks whose time is kept, newest over oldest. */
const TICKS_KEPT = 100_000;

/** 5×5 cells under a load of 16 shards, every event written to lines that nobody keeps. */
function createLoadedMesh(): { tick(): void; inFlight(): number } {
  const topology = createTopology({ width: 5, height: 5 });
  const summaries = gossipedSummaries(topology, { seed: 1, rounds: 2 });
  const writer = createEventWriter();
  let bytes = 0;
  const mesh = new ShardMesh({
    topology,
    summaries,
    seed: 1,
    sendsPerTick: 8,
    onEvent: (event, tick) => {
      bytes += writer.line(event, tick).length;
    },
  });
  const driver = createLoadDriver({
    mesh,
    summaries,
    seed: 2,
    shape: { kind: "closed", shards: LOAD_SHARDS },
  });
  return { tick: () => driver.tick(), inFlight: () => (bytes > 0 ? mesh.counts().inFlight : 0) };
}

/** V8's collector on demand, whatever the flags of the process were. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  const found: unknown = runInNewContext("gc");
  return () => {
    if (typeof found === "function") found();
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(2);
}
