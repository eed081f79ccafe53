import { judgeLeak, type LeakVerdict } from "@swoosh/mesh";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { WorldError } from "../world-error.ts";
import { runMeshJob } from "./run-mesh-job.ts";
import { BYTES_PER_HOUR_MAX, type Soaked, type SoakSample } from "./soak-mesh.ts";

export interface SoakFlags {
  readonly minutes: number;
  readonly ticksPerSecond: number;
  /** Bytes that are lost on purpose each second. */
  readonly leak: number;
  readonly prove: boolean;
  readonly json: boolean;
}

/** The criterion's warm-up, of which nothing is judged; a short run gives a twelfth of its time. */
const WARMUP_SECONDS_MAX = 300;
const PROOF_LEAK = 10_000;
const PROOF_MINUTES = 10;

/**
 * `swoosh mesh soak`: a mesh under load at a steady tempo, and the slope of what the process holds. With `--prove` a run
 * that leaks 10 KB/s on purpose comes first, and must be caught within ten minutes: a test that finds nothing there is broken.
 */
export async function runMeshSoak(port: ConsolePort, flags: SoakFlags): Promise<ExitCode> {
  if (flags.prove) {
    const proof = await soak(port, { ...flags, minutes: PROOF_MINUTES, leak: PROOF_LEAK });
    const caught = slopeOf(proof, "heapBytes").verdict === "leak";
    port.out(
      `${caught ? "pass" : "fail"}    a leak of ${PROOF_LEAK} bytes/s is caught after ${(proof.seconds / 60).toFixed(1)} minutes\n`,
    );
    if (!caught) return EXIT.no;
  }
  const { samples, ...found } = await soak(port, flags);
  const heap = slopeOf({ samples }, "heapBytes");
  const resident = slopeOf({ samples }, "residentBytes");
  const handles = Math.max(0, (samples.at(-1)?.handles ?? 0) - (samples[0]?.handles ?? 0));
  const passes =
    heap.verdict === "none" && resident.verdict === "none" && handles === 0 && found.held === 0;
  if (flags.json) port.out(`${JSON.stringify({ passes, heap, resident, handles, ...found })}\n`);
  else {
    for (const [name, slope] of [
      ["heap after collection", heap],
      ["resident memory", resident],
    ] as const)
      port.out(
        `${slope.verdict.padEnd(9)} ${name}: ${megabytes(slope.estimate)} MB/h [${megabytes(slope.low)}, ${megabytes(slope.high)}], at most 1\n`,
      );
    port.out(
      `${passes ? "pass" : "fail"}    ${found.ticks} ticks in ${(found.seconds / 60).toFixed(1)} minutes, tick p99 ${found.tickMsP99.toFixed(2)} ms; handles grew by ${handles}, kept entries by ${found.held}\n`,
    );
  }
  return passes ? EXIT.ok : EXIT.no;
}

async function soak(port: ConsolePort, flags: SoakFlags): Promise<Soaked> {
  const warmupSeconds = Math.min(WARMUP_SECONDS_MAX, flags.minutes * 5);
  const samples: SoakSample[] = [];
  const answer = await runMeshJob(
    {
      kind: "soak",
      warmupSeconds,
      seconds: flags.minutes * 60 - warmupSeconds,
      ticksPerSecond: flags.ticksPerSecond,
      leak: flags.leak,
      untilLeak: flags.leak > 0,
    },
    (sample) => {
      samples.push(sample);
      if (samples.length % 30 !== 0) return;
      const { seconds, heapBytes, residentBytes } = sample;
      port.err(
        `soak: ${Math.round(seconds)} s, held ${megabytes(heapBytes)} MB, resident ${megabytes(residentBytes)} MB\n`,
      );
    },
  );
  if (!answer.ok)
    throw new WorldError(`the process of the soak failed: ${answer.problem}; run it again`);
  // What our own process prints at its end.
  return answer.value as Soaked;
}

function slopeOf(
  { samples }: Pick<Soaked, "samples">,
  of: "heapBytes" | "residentBytes",
): LeakVerdict {
  return judgeLeak(
    samples.map((sample) => ({ seconds: sample.seconds, bytes: sample[of] })),
    BYTES_PER_HOUR_MAX,
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(2);
}
