import { createHash } from "node:crypto";
import type { BeatFrame, BeatPhase } from "./beat-frame.ts";

/** How beats are grouped into bars, and bars into phases. */
export interface Score {
  readonly cluster: string;
  readonly beatsPerBar: number;
  /** A beat that is known to begin a bar; 0 unless given. */
  readonly downbeatAt?: number;
}

const MS_PER_MINUTE = 60_000;
const WINDOW_HEX_LENGTH = 32;
/** Tempo is told in tenths of a beat a minute. */
const TEMPO_STEPS = 10;
/** A frame may change the tempo by a tenth. */
const TEMPO_CHANGE = 0.1;

/** Beats since the bar's first: 0 to `beatsPerBar - 1`. */
export function placeInBar({ beatsPerBar, downbeatAt = 0 }: Score, beat: number): number {
  const place = (beat - downbeatAt) % beatsPerBar;
  return place < 0 ? place + beatsPerBar : place;
}

/** A quarter of a bar plans, a quarter reviews, the rest works; each of them at least one beat. */
export function phaseAt(score: Score, beat: number): BeatPhase {
  const { beatsPerBar } = score;
  const quarter = Math.max(1, Math.floor(beatsPerBar / 4));
  const place = placeInBar(score, beat);
  if (place < quarter) return "plan";
  return place < beatsPerBar - quarter ? "execute" : "review";
}

/** Beats from this one on, itself included, that have its phase. */
export function beatsLeftInPhase(score: Score, beat: number): number {
  const phase = phaseAt(score, beat);
  let left = 1;
  while (placeInBar(score, beat + left) !== 0 && phaseAt(score, beat + left) === phase) left += 1;
  return left;
}

/** A function of cluster and bar: whoever computes it gets the same. */
export function windowAt(score: Score, beat: number): string {
  const bar = beat - placeInBar(score, beat);
  return createHash("sha256")
    .update(`${score.cluster}:${bar}`)
    .digest("hex")
    .slice(0, WINDOW_HEX_LENGTH);
}

export function beatMs(tempoBpm: number): number {
  return MS_PER_MINUTE / tempoBpm;
}

/** The tempo of the next frame on the way from one to another: a tenth more or less at most, in tenths of a beat a minute. */
export function nextTempo(from: number, to: number): number {
  const up = Math.floor(from * (1 + TEMPO_CHANGE) * TEMPO_STEPS) / TEMPO_STEPS;
  const down = Math.ceil(from * (1 - TEMPO_CHANGE) * TEMPO_STEPS) / TEMPO_STEPS;
  // Below one beat a minute a tenth of it is less than the step; then it stays.
  return Math.min(Math.max(to, Math.min(down, from)), Math.max(up, from));
}

/** The frame of a beat that begins now. */
export function frameAt(
  score: Score,
  now: { readonly beat: number; readonly atMs: number; readonly tempoBpm: number },
): BeatFrame {
  const { atMs, beat, tempoBpm } = now;
  const deadline = atMs + Math.ceil(beatMs(tempoBpm) * beatsLeftInPhase(score, beat));
  return {
    type: "backbeat.beatframe.v1",
    cluster_id: score.cluster,
    beat_index: beat,
    downbeat: placeInBar(score, beat) === 0,
    phase: phaseAt(score, beat),
    hlc: `${hex4(Math.floor(atMs / 1_000))}:${hex4(beat)}:0000`,
    deadline_at: new Date(deadline).toISOString(),
    tempo_bpm: tempoBpm,
    window_id: windowAt(score, beat),
  };
}

function hex4(value: number): string {
  return (value % 0x1_0000).toString(16).padStart(4, "0");
}
