import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Clock } from "@swoosh/kernel";
import { freePort, startNats } from "@swoosh/test";

export const CLUSTER = "c1";
export const SUBJECT = "backbeat.c1.beat";
export const BEATS_PER_BAR = 8;
const BEAT_MS = 250;
const BEATS_PER_MINUTE = 60_000 / BEAT_MS;
/** Of a bar: plan, plan, work for four beats, review, review. */
const PHASES = ["plan", "plan", ...Array.from({ length: 4 }, () => "execute"), "review", "review"];
const FIRST_BEAT = 1_000;
const PURPOSE = "the test of a beat that is lost and comes back";

/** A leader of BACKBEAT that never misses a beat, and the real NATS between it and whoever listens, which can be killed. */
export class BeatLeader {
  #port = 0;
  #nats: ChildProcess | undefined;
  #socket: Socket | undefined;
  #cancel: () => void = () => {};

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** From now on there is a beat at each of its times, whether anybody can hear it or not. */
  lead(clock: Clock): void {
    const startMs = clock.now();
    const wait = (): void => {
      const beat = Math.floor((clock.now() - startMs) / BEAT_MS) + 1;
      const at = startMs + beat * BEAT_MS;
      this.#cancel = clock.wakeAt(at, () => {
        const frame = JSON.stringify(frameOf(FIRST_BEAT + beat, at));
        this.#socket?.write(`PUB ${SUBJECT} ${Buffer.byteLength(frame)}\r\n${frame}\r\n`);
        wait();
      });
    };
    wait();
  }

  /** NATS is there; again, on the port of before. */
  async startNats(): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    this.#nats = await startNats({ port: this.#port, purpose: PURPOSE });
    const socket = connect(this.#port, "127.0.0.1");
    socket.on("error", () => {});
    socket.on("data", (text) => {
      if (text.includes("PING")) socket.write("PONG\r\n");
    });
    await once(socket, "connect");
    socket.write('CONNECT {"verbose":false,"pedantic":false}\r\n');
    this.#socket = socket;
  }

  async killNats(): Promise<void> {
    const nats = this.#nats;
    this.#nats = undefined;
    if (nats === undefined) return;
    const gone = once(nats, "exit");
    nats.kill("SIGKILL");
    await gone;
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async stop(): Promise<void> {
    this.#cancel();
    await this.killNats();
  }
}

/** Of the bar of a beat. */
export function windowOf(beat: number): string {
  const bar = beat - (beat % BEATS_PER_BAR);
  return createHash("sha256").update(`${CLUSTER}:${bar}`).digest("hex").slice(0, 32);
}

/** BeatFrame v1. */
function frameOf(beat: number, atMs: number): object {
  const place = beat % BEATS_PER_BAR;
  const left = PHASES.slice(place).lastIndexOf(PHASES[place] ?? "") + 1;
  return {
    type: "backbeat.beatframe.v1",
    cluster_id: CLUSTER,
    beat_index: beat,
    downbeat: place === 0,
    phase: PHASES[place],
    hlc: "0001:0001:0000",
    deadline_at: new Date(atMs + left * BEAT_MS).toISOString(),
    tempo_bpm: BEATS_PER_MINUTE,
    window_id: windowOf(beat),
  };
}
