import { judgeLeak, type LeakVerdict } from "@swoosh/mesh";
import { BYTES_PER_HOUR_MAX, type Soaked } from "./soak-mesh.ts";

/** The criterion's warm-up, of which nothing is judged; a short run gives a twelfth of its time besides. */
const WARMUP_SECONDS_MAX = 300;
/** Of the ticks that were asked for, as much must have been made: a mesh that idles leaks nothing. */
const TEMPO_PERCENT_MIN = 99;

/** How long a soak warms up, and how long it is judged after that. */
export interface SoakTimes {
  readonly warmupSeconds: number;
  readonly seconds: number;
}

/** Minutes that are judged; the warm-up comes before them. */
export function soakTimes(minutes: number): SoakTimes {
  return { warmupSeconds: Math.min(WARMUP_SECONDS_MAX, minutes * 5), seconds: minutes * 60 };
}

/** Minutes within which something must have been found: the warm-up is one of them. */
export function proofTimes(minutes: number): SoakTimes {
  const warmupSeconds = Math.min(WARMUP_SECONDS_MAX, minutes * 6);
  return { warmupSeconds, seconds: minutes * 60 - warmupSeconds };
}

export interface SoakVerdict {
  readonly passes: boolean;
  readonly heap: LeakVerdict;
  readonly resident: LeakVerdict;
  /** Handles more at the end than at the first sample. */
  readonly handles: number;
  readonly ticksPerSecond: number;
  /** The tempo that it had to keep. */
  readonly ticksPerSecondMin: number;
  readonly isInTempo: boolean;
}

/** Flat memory, no handle and no entry more, at the tempo that was asked for: all of it, or the soak has failed. */
export function judgeSoak(
  soaked: Pick<Soaked, "samples" | "ticks" | "seconds" | "held">,
  ticksPerSecondAsked: number,
): SoakVerdict {
  const { samples, ticks, seconds, held } = soaked;
  const heap = slopeOf(soaked, "heapBytes");
  const resident = slopeOf(soaked, "residentBytes");
  const handles = Math.max(0, (samples.at(-1)?.handles ?? 0) - (samples[0]?.handles ?? 0));
  const ticksPerSecond = seconds > 0 ? ticks / seconds : 0;
  const ticksPerSecondMin = (ticksPerSecondAsked * TEMPO_PERCENT_MIN) / 100;
  const isInTempo = ticksPerSecond >= ticksPerSecondMin;
  const isFlat = heap.verdict === "none" && resident.verdict === "none";
  return {
    passes: isFlat && handles === 0 && held === 0 && isInTempo,
    heap,
    resident,
    handles,
    ticksPerSecond,
    ticksPerSecondMin,
    isInTempo,
  };
}

export function slopeOf(
  { samples }: Pick<Soaked, "samples">,
  of: "heapBytes" | "residentBytes",
): LeakVerdict {
  return judgeLeak(
    samples.map((sample) => ({ seconds: sample.seconds, bytes: sample[of] })),
    BYTES_PER_HOUR_MAX,
  );
}
