import { Writable } from "node:stream";
import type { SeededRandom } from "@swoosh/kernel/testing";
import { JournalTail } from "@swoosh/server/tail";
import type { StreamOp } from "./history/history.ts";
import { settle } from "./settle.ts";
import type { Simulation } from "./simulation.ts";
import type { Life } from "./world/life.ts";

/** A few records: seeds are too short to fill the bound of a real server. */
const BUFFER_BYTES_MAX = 4_096;
const WAITS = { stallMs: 15_000, aliveMs: 10_000, endMs: 15_000 };
/** Turns in which a healed reader must get on. */
const TURNS_MAX = 50;

/** One connection: what the server has written and the reader has not taken yet. */
interface Connection {
  readonly life: Life;
  readonly op: StreamOp;
  readonly sink: Writable;
  wake(): void;
  isOver: boolean;
}

/**
 * Follows the stream of records by the server's own code, takes what comes when it likes, is cut off for that, and comes back
 * behind the last record that it has. In the end it must have had each of them, once and in order.
 */
export class SlowReader {
  readonly #world: Simulation;
  #connection: Connection | null = null;
  #waiting: { readonly text: string; readonly taken: () => void } | null = null;
  #next = 0;

  constructor(world: Simulation) {
    this.#world = world;
  }

  /** A record was published. */
  wake(): void {
    this.#connection?.wake();
  }

  async step(random: SeededRandom): Promise<void> {
    this.#leaveTheDead();
    if (this.#connection === null) this.#connect();
    else if (random.chance(15)) this.#take(1 + random.below(12));
    await settle();
  }

  /** In a healed world: takes all that there is. */
  async finish(size: number): Promise<void> {
    for (let [had, turn] = [this.#next, 0]; turn < TURNS_MAX && this.#next < size; turn += 1) {
      if (had !== this.#next) [had, turn] = [this.#next, 0];
      this.#leaveTheDead();
      if (this.#connection === null) this.#connect();
      this.#take(Number.POSITIVE_INFINITY);
      await settle();
    }
    this.#world.findings.expect(
      this.#next === size,
      "streams",
      () => `liveness: a slow reader has come to ${this.#next} of ${size} records`,
    );
    this.#leave();
  }

  #connect(): void {
    const { clock, node, recorder } = this.#world;
    const { engine, life } = node;
    if (engine === undefined || life === null || node.isDown) return;
    if (this.#next > 0) this.#world.mark("slow reader: comes back");
    const sink = new Writable({
      decodeStrings: false,
      // As with a real socket: below the bound, so that whoever waits for room is told of it.
      highWaterMark: 1,
      write: (chunk, _encoding, taken) => {
        if (this.#connection?.sink === sink) this.#waiting = { text: String(chunk), taken };
      },
    });
    const op = recorder.stream("slow reader", this.#next);
    const connection: Connection = { life, op, sink, wake: () => {}, isOver: false };
    this.#connection = connection;
    const tail = new JournalTail(
      {
        records: (from, limit) => engine.records(from, limit),
        onRecord: (listener) => {
          connection.wake = listener;
          return () => {
            connection.wake = () => {};
          };
        },
        barred: () => undefined,
      },
      sink,
      {
        from: this.#next,
        waits: WAITS,
        world: {
          bufferBytesMax: BUFFER_BYTES_MAX,
          later: (ms, call) => clock.wakeAt(clock.now() + ms, call),
        },
      },
    );
    const over = (): void => {
      connection.isOver = true;
    };
    // A journal that cannot be read just now ends the connection.
    void tail.run().then(over, over);
  }

  #take(count: number): void {
    for (let left = count; left > 0 && this.#waiting !== null; left -= 1) {
      const { taken, text } = this.#waiting;
      this.#waiting = null;
      this.#hear(text);
      taken();
    }
  }

  #hear(text: string): void {
    const op = this.#connection?.op;
    if (text.includes('"code":"slow_reader"')) this.#world.mark("slow reader: cut off");
    const frame = /^id: (\d+)\ndata: ([^\n]*)\n\n$/u.exec(text);
    if (op === undefined || frame === null) return;
    const [, id = "", record = ""] = frame;
    const entry = { index: Number(id), text: record };
    const { planting } = this.#world.options;
    const given = planting?.stream === undefined ? entry : planting.stream(entry);
    if (given !== undefined) this.#world.recorder.heard(op, given.index, given.text);
    this.#next = entry.index + 1;
  }

  /** What its machine has not taken from a process that died is lost, and so is a stream that is over. */
  #leaveTheDead(): void {
    const connection = this.#connection;
    if (connection === null) return;
    const isOver = connection.isOver && this.#waiting === null;
    if (isOver || connection.life !== this.#world.node.life || connection.life.isDead)
      this.#leave();
  }

  #leave(): void {
    this.#connection?.sink.destroy();
    this.#connection = null;
    this.#waiting = null;
  }
}
