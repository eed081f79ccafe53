import {
  createEventWriter,
  createKeyIndex,
  embedHashedNgrams,
  likenessHostOver,
  quantise,
  type LogEvent,
  type VectorKey,
  type WebAssemblyApi,
} from "@swoosh/mesh";
import { performance } from "node:perf_hooks";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";

declare const WebAssembly: WebAssemblyApi;

const ROUNDS = 15;
const SAMPLE_MS = 20;

interface Measurement {
  readonly name: string;
  /** Median and quartiles of one operation, in microseconds. */
  readonly micros: number;
  readonly microsLow: number;
  readonly microsHigh: number;
  /** How many times as fast as the reference of its kind, in the same run; 1 for the reference. */
  readonly ratio: number;
}

/** `swoosh mesh bench`: the mesh's own parts, each beside a reference timed in the same rounds. */
export function runMeshBench(port: ConsolePort, { json }: { readonly json: boolean }): ExitCode {
  for (const [reference, ...others] of groups()) {
    if (reference === undefined) continue;
    const measured = measureTogether([reference, ...others]);
    for (const one of measured) {
      if (json) port.out(`${JSON.stringify(one)}\n`);
      else
        port.out(
          `${one.name.padEnd(46)} ${digits(one.micros).padStart(9)} µs  [${digits(one.microsLow)}, ${digits(one.microsHigh)}]  ${digits(one.ratio)} ×\n`,
        );
    }
  }
  return EXIT.ok;
}

interface Contender {
  readonly name: string;
  readonly run: () => unknown;
}

function groups(): readonly (readonly Contender[])[] {
  const text = Array.from({ length: 512 }, (_, index) => `word${(index * 7) % 97}`).join(" ");
  const texts = Array.from({ length: 32 }, (_, index) => `${index} ${text}`);
  return [
    ...[8, 10_000].map((size) => nearestGroup(size)),
    [
      {
        name: "embed a batch of 32 texts of 512 words",
        run: () => texts.map((one) => quantise(embedHashedNgrams(one))),
      },
    ],
    eventGroup(),
  ];
}

function nearestGroup(size: number): readonly Contender[] {
  const keys = Array.from({ length: size }, (_, index) => keyOf(index));
  const [plain, fast] = [createKeyIndex(size), createKeyIndex(size, likenessHostOver(WebAssembly))];
  for (const [index, key] of keys.entries()) for (const one of [plain, fast]) one.set(index, key);
  const query = keyOf(-1);
  return [
    { name: `nearest of ${size} keys, plain`, run: () => plain.nearest(query) },
    { name: `nearest of ${size} keys, SIMD kernel`, run: () => fast.nearest(query) },
  ];
}

function keyOf(index: number): VectorKey {
  return quantise(
    Float64Array.from({ length: 768 }, (_, at) => ((index * 31 + at * 17 + 7) % 211) - 105),
  );
}

function eventGroup(): readonly Contender[] {
  const writer = createEventWriter();
  const event: LogEvent = { type: "hop", shard: 12_345, from: 3, to: 4, reason: "greedy", hops: 1 };
  return [
    {
      name: "an event by JSON.stringify alone",
      run: () => JSON.stringify({ seq: 1, tick: 2, ...event }),
    },
    { name: "an event as a line with its sum", run: () => writer.line(event, 7) },
  ];
}

/** Alternating rounds, so that a slow moment of the machine falls on all alike. */
function measureTogether(contenders: readonly Contender[]): readonly Measurement[] {
  const calls = contenders.map(({ run }) =>
    Math.max(1, Math.round(SAMPLE_MS / Math.max(timeOf(run, 3), 1e-4))),
  );
  const samples = contenders.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [index, { run }] of contenders.entries())
      samples[index]?.push(timeOf(run, calls[index] ?? 1) * 1_000);
  const medians = samples.map((one) => at(one, 0.5));
  return contenders.map(({ name }, index) => ({
    name,
    micros: medians[index] ?? 0,
    microsLow: at(samples[index] ?? [], 0.25),
    microsHigh: at(samples[index] ?? [], 0.75),
    ratio: (medians[0] ?? 0) / (medians[index] ?? 1),
  }));
}

/** Milliseconds of one call, over so many. */
function timeOf(run: () => unknown, calls: number): number {
  const startedMs = performance.now();
  for (let call = 0; call < calls; call += 1) run();
  return (performance.now() - startedMs) / calls;
}

function at(samples: readonly number[], share: number): number {
  return (
    samples.toSorted((left, right) => left - right)[Math.floor((samples.length - 1) * share)] ?? 0
  );
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}
