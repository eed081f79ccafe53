import type { Writable } from "node:stream";
import {
  TAIL_ALIVE_MS,
  TAIL_BUFFER_BYTES_MAX,
  TAIL_PAGE_RECORDS,
  TAIL_STALL_MS,
} from "./limits.ts";

/** What a tail follows. */
export interface TailDoors {
  readonly records: (from: number, limit: number) => Promise<readonly string[]>;
  readonly onRecord: (listener: () => void) => () => void;
  /** Why the reader may not go on, asked from time to time; undefined: it may. */
  readonly barred: () => string | undefined;
}

/** Waits of a tail, ms; those of `limits.ts` unless a test has others. */
export interface TailWaits {
  readonly stallMs: number;
  readonly aliveMs: number;
  /** For the reader to take the last frame, before the socket is closed on it. */
  readonly endMs: number;
}

/** What a simulated world has of its own. */
export interface TailWorld {
  /** Calls back after so many ms; gives what ends that. */
  readonly later: (ms: number, call: () => void) => () => void;
  readonly bufferBytesMax: number;
}

const WORLD: TailWorld = {
  later: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  bufferBytesMax: TAIL_BUFFER_BYTES_MAX,
};

const WAITS: TailWaits = {
  stallMs: TAIL_STALL_MS,
  aliveMs: TAIL_ALIVE_MS,
  endMs: TAIL_STALL_MS,
};

/**
 * One reader that follows the journal as server-sent events: `id` the index, `data` the record's exact bytes. Records are
 * pulled by index, so none is missed or told twice, however fast they come; at most `TAIL_BUFFER_BYTES_MAX` wait in the
 * socket, the next frame with them. It ends with the event `end`, whose data says why, and never in the midst of a frame.
 */
export class JournalTail {
  readonly #doors: TailDoors;
  readonly #response: Writable;
  readonly #waits: TailWaits;
  readonly #world: TailWorld;
  #next: number;
  #ending: string | null = null;
  /** What waits for a record, and what waits for room; both are woken when the stream is over. */
  #wakeIdle: (() => void) | null = null;
  #wakeFull: (() => void) | null = null;

  constructor(
    doors: TailDoors,
    response: Writable,
    given: { readonly from: number; readonly waits?: TailWaits; readonly world?: TailWorld },
  ) {
    const { from, waits = WAITS, world = WORLD } = given;
    this.#doors = doors;
    this.#response = response;
    this.#next = from;
    this.#waits = waits;
    this.#world = world;
  }

  /** Ends the stream soon, telling why: one word and a sentence. */
  end(code: string, detail: string): void {
    this.#ending ??= JSON.stringify({ code, detail });
    this.#wakeAll();
  }

  /** Resolves when the stream has ended. Never rejects for the reader's sake. */
  async run(): Promise<void> {
    const response = this.#response;
    let isNew = true;
    const stopListening = this.#doors.onRecord(() => {
      isNew = true;
      this.#wakeIdle?.();
    });
    response.once("close", () => this.#wakeAll());
    // Answers at once, so that the reader knows that it is connected.
    this.#write(": follows the journal\n\n");
    try {
      while (!this.#isOver) {
        if (isNew) {
          isNew = false;
          if (await this.#drain()) isNew = true;
          continue;
        }
        const woken = await this.#wait(this.#waits.aliveMs, (wake) => (this.#wakeIdle = wake));
        this.#wakeIdle = null;
        if (woken) continue;
        this.#write(": alive\n\n");
        const barred = this.#doors.barred();
        if (barred !== undefined) this.end("unauthenticated", barred);
      }
    } finally {
      stopListening();
    }
    await this.#finish();
  }

  get #isOver(): boolean {
    return this.#ending !== null || this.#response.destroyed;
  }

  /** Sends what there is, a page; true: there may be more. */
  async #drain(): Promise<boolean> {
    const texts = await this.#doors.records(this.#next, TAIL_PAGE_RECORDS);
    for (const text of texts) {
      const frame = `id: ${this.#next}\ndata: ${text}\n\n`;
      if (!(await this.#hasRoom(Buffer.byteLength(frame)))) return false;
      this.#write(frame);
      this.#next += 1;
    }
    return texts.length === TAIL_PAGE_RECORDS;
  }

  /** Waits until the next frame fits; false: the reader is gone, or too slow, which it is told. */
  async #hasRoom(bytes: number): Promise<boolean> {
    const response = this.#response;
    while (!this.#isOver) {
      const { writableLength } = response;
      if (writableLength === 0 || writableLength + bytes <= this.#world.bufferBytesMax) return true;
      const wake = (): void => this.#wakeFull?.();
      response.once("drain", wake);
      const moved = await this.#wait(this.#waits.stallMs, (woken) => (this.#wakeFull = woken));
      this.#wakeFull = null;
      response.off("drain", wake);
      if (moved) continue;
      const { stallMs } = this.#waits;
      const detail = `${writableLength} bytes waited for the reader for ${stallMs} ms; come back with Last-Event-ID`;
      this.end("slow_reader", detail);
    }
    return false;
  }

  /** true: something woke it before the time was up. */
  #wait(ms: number, wakeBy: (wake: () => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#world.later(ms, () => resolve(false));
      wakeBy(() => {
        cancel();
        resolve(true);
      });
    });
  }

  #wakeAll(): void {
    this.#wakeIdle?.();
    this.#wakeFull?.();
  }

  #write(text: string): void {
    if (!this.#response.destroyed) this.#response.write(text);
  }

  /** Resolves when the reader's machine has the last frame, or the socket is closed. */
  async #finish(): Promise<void> {
    const response = this.#response;
    if (response.destroyed) return;
    if (this.#ending !== null) response.write(`event: end\ndata: ${this.#ending}\n\n`);
    const taken = await this.#wait(this.#waits.endMs, (wake) => {
      response.once("close", wake);
      response.end(wake);
    });
    if (!taken) response.destroy();
  }
}
