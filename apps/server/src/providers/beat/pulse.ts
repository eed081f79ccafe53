import type { Clock } from "@swoosh/kernel";
import type { Propose, ReadFact } from "../propose.ts";
import type { Notify, Provider } from "../provider.ts";
import { Repeat } from "../repeat.ts";
import { beatInputs, type BeatFrame } from "./beat-frame.ts";
import { beatMs, frameAt, nextTempo, type Score } from "./score.ts";

export const BEAT_FACT = "beat/main";
/** ms until a beat that was refused or could not be proposed is tried again. */
const RETRY_MS = 250;
/** ms that a frame holds beyond the end of its phase: as late as the next one may come on a machine without time. */
const LATE_MS = 2_000;

export interface PulseOptions {
  readonly clock: Clock;
  readonly propose: Propose;
  readonly read: ReadFact;
  readonly score: Score;
  readonly tempoBpm: number;
  /** ms of the clock: when the first beat is due; at once unless given. */
  readonly firstAtMs?: number;
  readonly notify: Notify;
  /** `pulse`, or `local` where it stands in for a leader that is away. */
  readonly source?: "pulse" | "local";
  /** Told of each frame that was accepted. */
  readonly onFrame?: (frame: BeatFrame) => void;
}

/**
 * The built-in tempo: one frame a beat, on after the last beat of the fact. A frame goes out only when the one before was answered, so
 * that on a machine without time beats grow longer and none is lost: a lost downbeat would be a lost REVERB.
 */
export class Pulse implements Provider {
  readonly name = "pulse";
  readonly #options: PulseOptions;
  readonly #repeat: Repeat;
  /** When the next beat is due, so that delays do not add up; undefined before the first. */
  #dueMs: number | undefined;

  constructor(options: PulseOptions) {
    this.#options = options;
    const { clock, notify } = options;
    this.#repeat = new Repeat({
      clock,
      act: () => this.#beat(),
      onDefect: (error) => notify("error", `the pulse failed: ${String(error)}`),
      afterDefectMs: RETRY_MS,
    });
  }

  async start(): Promise<void> {
    this.#dueMs = this.#options.firstAtMs;
    await this.#repeat.start();
  }

  async stop(): Promise<void> {
    await this.#repeat.stop();
  }

  /** Gives ms until the next beat. */
  async #beat(): Promise<number> {
    const {
      clock,
      notify,
      onFrame,
      propose,
      read,
      score,
      source = "pulse",
      tempoBpm,
    } = this.#options;
    const atMs = clock.now();
    const dueMs = Math.round(this.#dueMs ?? atMs);
    if (dueMs > atMs) return dueMs - atMs;
    const known = read(BEAT_FACT);
    const last = known === undefined ? undefined : Number(known["beat_index"]);
    const cluster = known === undefined ? score.cluster : String(known["cluster"]);
    const tempo =
      known === undefined ? tempoBpm : nextTempo(Number(known["tempo_mbpm"]) / 1_000, tempoBpm);
    const beat = last === undefined ? 0 : last + 1;
    const computed = frameAt({ ...score, cluster }, { beat, atMs, tempoBpm: tempo });
    // Whoever began the bar named its window: it stays until the next bar begins.
    const window = known === undefined || computed.downbeat ? "" : String(known["window_id"]);
    const frame = {
      ...computed,
      deadline_at: new Date(Date.parse(computed.deadline_at) + LATE_MS).toISOString(),
      ...(window === "" ? {} : { window_id: window }),
    };
    const answer = await propose(BEAT_FACT, "Beat_Observed", beatInputs(frame, source));
    if (answer.kind === "refused") {
      notify("warn", `beat ${beat} was refused: ${answer.code}: ${answer.reasons.join("; ")}`);
      this.#dueMs = undefined;
      return RETRY_MS;
    }
    onFrame?.(frame);
    const due = (this.#dueMs ?? atMs) + beatMs(tempo);
    const now = clock.now();
    // Where a beat came late by more than its own length, the tempo begins anew from here: it never races to catch up.
    this.#dueMs = due < now ? now : due;
    return this.#dueMs - now;
  }
}
