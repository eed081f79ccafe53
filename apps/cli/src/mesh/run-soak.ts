import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { WorldError } from "../world-error.ts";
import { judgeSoak, proofTimes, slopeOf, soakTimes, type SoakTimes } from "./judge-soak.ts";
import { runMeshJob } from "./run-mesh-job.ts";
import type { Soaked, SoakSample } from "./soak-mesh.ts";

export interface SoakFlags {
  /** That are judged, after the warm-up. */
  readonly minutes: number;
  readonly ticksPerSecond: number;
  /** Bytes that are lost on purpose each second. */
  readonly leak: number;
  readonly prove: boolean;
  readonly json: boolean;
}

const PROOF_LEAK = 10_000;
const PROOF_MINUTES = 10;

/**
 * `swoosh mesh soak`: a mesh under load at a steady tempo, and the slope of what the process holds; a mesh that
 * falls behind the tempo has not been soaked, and fails. With `--prove` a run that leaks 10 KB/s on purpose comes first, and
 * must be caught within ten minutes: a test that finds nothing there is broken.
 */
export async function runMeshSoak(port: ConsolePort, flags: SoakFlags): Promise<ExitCode> {
  if (flags.prove) {
    const proof = await soak(port, { ...flags, leak: PROOF_LEAK }, proofTimes(PROOF_MINUTES));
    const caught = slopeOf(proof, "heapBytes").verdict === "leak";
    port.out(
      `${caught ? "pass" : "fail"}    a leak of ${PROOF_LEAK} bytes/s is caught after ${(proof.seconds / 60).toFixed(1)} minutes\n`,
    );
    if (!caught) return EXIT.no;
  }
  const soaked = await soak(port, flags, soakTimes(flags.minutes));
  const { samples: _, ...found } = soaked;
  const verdict = judgeSoak(soaked, flags.ticksPerSecond);
  const { passes, heap, resident, handles } = verdict;
  if (flags.json) port.out(`${JSON.stringify({ ...verdict, ...found })}\n`);
  else {
    for (const [name, slope] of [
      ["heap after collection", heap],
      ["resident memory", resident],
    ] as const)
      port.out(
        `${slope.verdict.padEnd(9)} ${name}: ${megabytes(slope.estimate)} MB/h [${megabytes(slope.low)}, ${megabytes(slope.high)}], at most 1\n`,
      );
    port.out(
      `${(verdict.isInTempo ? "in tempo" : "behind").padEnd(9)} ${verdict.ticksPerSecond.toFixed(1)} of ${flags.ticksPerSecond} ticks/s, at least ${verdict.ticksPerSecondMin}${verdict.isInTempo ? "" : "; run it where the machine has a processor for it"}\n`,
    );
    port.out(
      `${passes ? "pass" : "fail"}    ${found.ticks} ticks in ${(found.seconds / 60).toFixed(1)} minutes, tick p99 ${found.tickMsP99.toFixed(2)} ms; handles grew by ${handles}, kept entries by ${found.held}\n`,
    );
  }
  return passes ? EXIT.ok : EXIT.no;
}

async function soak(port: ConsolePort, flags: SoakFlags, times: SoakTimes): Promise<Soaked> {
  const samples: SoakSample[] = [];
  const answer = await runMeshJob(
    {
      kind: "soak",
      ...times,
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

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(2);
}
