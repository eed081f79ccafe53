import type { Clock } from "@swoosh/kernel";
import type { KeepEvidence, Propose, ReadFact } from "../propose.ts";
import type { Notify, Provider } from "../provider.ts";
import { beatInputs, readBeatFrame, type BeatFrame } from "./beat-frame.ts";
import type { BeatFeed } from "./beat-feed.ts";
import { BEAT_FACT, Pulse } from "./pulse.ts";
import { beatMs } from "./score.ts";

export interface BackbeatOptions {
  readonly clock: Clock;
  readonly propose: Propose;
  readonly read: ReadFact;
  readonly keep: KeepEvidence;
  readonly notify: Notify;
  readonly feed: BeatFeed;
  readonly cluster: string;
  /** Of the local tempo, until a whole bar was heard. */
  readonly beatsPerBar: number;
  /** Beats without a frame after which the tempo counts as lost. */
  readonly lostAfterBeats?: number;
  /** Of the local tempo where none was ever heard. */
  readonly tempoBpm: number;
}

const LOST_AFTER_BEATS = 2.5;
/** ms between attempts to connect. */
const CONNECT_MS = 5_000;
/** Frames that wait for the log; more than that, and the oldest are of no use any more. */
const QUEUE_MAX = 16;

/**
 * Follows the frames of BACKBEAT. Each that is well formed is proposed with its bytes as evidence; whether it may follow the one before
 * (cluster, order, a tenth of tempo) is the chart's to say. Where frames stay away, the fact says that the tempo is lost, and a local one
 * goes on in the same bar; the first frame that the log accepts again ends it.
 */
export class BackbeatProvider implements Provider {
  readonly name = "backbeat";
  readonly #options: BackbeatOptions;
  #queue: Uint8Array[] = [];
  #working: Promise<void> = Promise.resolve();
  #isWorking = false;
  #isStopped = true;
  #local: Pulse | undefined;
  #cancelLost: (() => void) | undefined;
  #cancelConnect: (() => void) | undefined;
  /** Of the newest frame from outside, accepted or not. */
  #heardBpm: number;
  #lastBeat: number | undefined;
  #lastDownbeat: number | undefined;
  /** Since this beat none was missed. */
  #unbrokenFrom = 0;
  #beatsPerBar: number;
  #complaints = new Set<string>();

  constructor(options: BackbeatOptions) {
    this.#options = options;
    this.#heardBpm = options.tempoBpm;
    this.#beatsPerBar = options.beatsPerBar;
  }

  async start(): Promise<void> {
    this.#isStopped = false;
    this.#watchForLoss(this.#options.clock.now());
    await this.#connect();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelLost?.();
    this.#cancelConnect?.();
    await this.#options.feed.close();
    await this.#working;
    await this.#local?.stop();
    this.#local = undefined;
  }

  async #connect(): Promise<void> {
    const { feed, notify } = this.#options;
    try {
      await feed.open(
        (bytes) => this.#hear(bytes),
        () => this.#connectLater("its connection was closed"),
      );
      notify("info", `listening for beats on ${feed.address}`);
    } catch (error) {
      this.#connectLater(error instanceof Error ? error.message : String(error));
    }
  }

  #connectLater(why: string): void {
    if (this.#isStopped) return;
    const { clock, feed } = this.#options;
    this.#complain(`no beats from ${feed.address}: ${why}`);
    this.#cancelConnect = clock.wakeAt(clock.now() + CONNECT_MS, () => {
      this.#working = this.#working.then(() => this.#connect());
    });
  }

  #hear(bytes: Uint8Array): void {
    if (this.#isStopped) return;
    this.#queue.push(bytes);
    if (this.#queue.length > QUEUE_MAX) this.#queue.shift();
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#working = this.#working.then(() => this.#work());
  }

  async #work(): Promise<void> {
    for (
      let bytes = this.#queue.shift();
      bytes !== undefined && !this.#isStopped;
      bytes = this.#queue.shift()
    )
      await this.#take(bytes).catch((error: unknown) =>
        this.#complain(`a beat could not be told: ${String(error)}`),
      );
    this.#isWorking = false;
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const { cluster, clock, keep, propose, read } = this.#options;
    const found = readBeatFrame(bytes);
    if (!found.ok) {
      this.#complain(`a frame is refused: ${found.problems.slice(0, 3).join("; ")}`);
      return;
    }
    const { frame } = found;
    if (frame.cluster_id !== cluster) {
      this.#complain(
        `a frame of cluster ${frame.cluster_id}; this installation follows ${cluster}`,
      );
      return;
    }
    this.#heardBpm = frame.tempo_bpm;
    const known = read(BEAT_FACT);
    // Delivered again, or late: nothing new, and no trouble.
    if (known !== undefined && frame.beat_index <= Number(known["beat_index"])) return;
    const answer = await propose(
      BEAT_FACT,
      "Beat_Observed",
      beatInputs(frame, "nats", await keep(bytes)),
    );
    if (answer.kind === "refused") {
      this.#complain(`beat ${frame.beat_index} is refused: ${answer.reasons.join("; ")}`);
      return;
    }
    this.#learn(frame);
    this.#complaints.clear();
    await this.#local?.stop();
    this.#local = undefined;
    this.#watchForLoss(clock.now());
  }

  /** A bar is as long as from one downbeat to the next, where no beat between them was missed: it could have been one too. */
  #learn({ beat_index: beat, downbeat: isDownbeat }: BeatFrame): void {
    if (this.#lastBeat === undefined || beat !== this.#lastBeat + 1) this.#unbrokenFrom = beat;
    this.#lastBeat = beat;
    if (!isDownbeat) return;
    const from = this.#lastDownbeat;
    this.#lastDownbeat = beat;
    if (from === undefined || from < this.#unbrokenFrom) return;
    const length = beat - from;
    if (length >= 4 && length <= 1_000) this.#beatsPerBar = length;
  }

  #watchForLoss(heardAtMs: number): void {
    const { clock, lostAfterBeats = LOST_AFTER_BEATS } = this.#options;
    this.#cancelLost?.();
    const known = this.#options.read(BEAT_FACT);
    const tempo =
      known === undefined ? this.#options.tempoBpm : Number(known["tempo_mbpm"]) / 1_000;
    const lostAt = Math.ceil(heardAtMs + beatMs(tempo) * lostAfterBeats);
    this.#cancelLost = clock.wakeAt(lostAt, () => {
      this.#working = this.#working.then(() => this.#goLocal(heardAtMs, tempo));
    });
  }

  /** `heardAtMs`: when the last beat was heard: local ones keep to its time. */
  async #goLocal(heardAtMs: number, tempoBpm: number): Promise<void> {
    if (this.#isStopped || this.#local !== undefined) return;
    const { clock, cluster, notify, propose, read } = this.#options;
    const known = read(BEAT_FACT);
    notify(
      "warn",
      `no beats for ${Math.round(clock.now() - heardAtMs)} ms: the local tempo goes on`,
    );
    if (known !== undefined) {
      const answer = await propose(BEAT_FACT, "Beat_Lost", {}).catch((error: unknown) =>
        String(error),
      );
      if (typeof answer === "string") this.#complain(`the loss could not be told: ${answer}`);
      else if (answer.kind === "refused")
        this.#complain(`Beat_Lost is refused: ${answer.reasons.join("; ")}`);
    }
    const beat = beatMs(tempoBpm);
    const missed = Math.ceil((clock.now() - heardAtMs) / beat);
    this.#local = new Pulse({
      clock,
      notify,
      propose,
      read,
      source: "local",
      score: {
        cluster,
        beatsPerBar: this.#beatsPerBar,
        ...(this.#lastDownbeat === undefined ? {} : { downbeatAt: this.#lastDownbeat }),
      },
      tempoBpm: this.#heardBpm,
      firstAtMs: Math.ceil(heardAtMs + missed * beat),
    });
    await this.#local.start();
  }

  /** Once for each kind of trouble, until a frame is accepted again. */
  #complain(text: string): void {
    const kind = text.replaceAll(/\d+/g, "#");
    if (this.#complaints.has(kind) || this.#complaints.size > 100) return;
    this.#complaints.add(kind);
    this.#options.notify("warn", text);
  }
}
