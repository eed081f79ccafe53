import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock, JsonObject } from "@swoosh/kernel";
import type { Notify, Provider } from "../provider.ts";
import { Repeat } from "../repeat.ts";
import { DeadLetters } from "./dead-letters.ts";
import type { DocumentSink } from "./document-sink.ts";

/** A document of the log at an index, under the key that names it for ever: the id of its decision record. */
export interface LoggedDocument {
  readonly index: number;
  readonly key: string;
  readonly document: JsonObject;
}

export interface LoggedPage {
  readonly documents: readonly LoggedDocument[];
  /** Whoever reads on from here misses none: before it there is no other document. */
  readonly next: number;
}

export interface EmitterOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly notify: Notify;
  readonly sink: DocumentSink;
  /** Documents from an index on, in order; fewer than asked for where the log ends. */
  readonly read: (from: number, limit: number) => Promise<LoggedPage>;
  /** Where the cursor and the dead letters are kept. */
  readonly folder: string;
  /** 0 to 1, without 1. */
  readonly random: () => number;
}

export interface EmitterStatus {
  /** Index of the next document. */
  readonly next: number;
  readonly sent: number;
  readonly failed: number;
  readonly deadLetters: number;
  /** `open`: the sink is left alone until the pause is over; `half_open`: one attempt is under way. */
  readonly breaker: "closed" | "open" | "half_open";
}

const PAGE = 100;
/** ms between looks at a log that has nothing new; `hurry` makes it sooner. */
const IDLE_MS = 1_000;
const BACKOFF_MS_MIN = 500;
const BACKOFF_MS_MAX = 60_000;
const JITTER = 0.5;
/** Failures in a row that open the breaker. */
const BREAKER_FAILURES = 5;

/**
 * Sends documents of the log out, in order, at least once. The log is the queue: nothing waits for the sink, and a sink that is away is
 * asked again with growing pauses for as long as it takes. Only what a sink refuses for good is set aside, as a dead letter.
 *
 * M1: the cursor moves past a document when it was taken, or when its dead letter is written.
 * M2: what is no document is read once, not again with every record behind it. That cursor is kept when the emitter stops.
 */
export class Emitter implements Provider {
  readonly name: string;
  readonly #options: EmitterOptions;
  readonly #repeat: Repeat;
  readonly #cursorPath: string;
  readonly #deadLetters: DeadLetters;
  #next = 0;
  #sent = 0;
  #failed = 0;
  #inARow = 0;
  #isAsking = false;
  #isStopped = true;

  constructor(options: EmitterOptions) {
    this.#options = options;
    this.name = options.name;
    mkdirSync(options.folder, { recursive: true });
    this.#cursorPath = join(options.folder, `${options.name}.next`);
    this.#deadLetters = new DeadLetters(join(options.folder, `${options.name}.dead.jsonl`));
    this.#repeat = new Repeat({
      clock: options.clock,
      act: () => this.#work(),
      onDefect: (error) => options.notify("error", `${options.name}: ${String(error)}`),
    });
  }

  async start(): Promise<void> {
    this.#isStopped = false;
    this.#next = readCursor(this.#cursorPath);
    await this.#repeat.start();
  }

  async stop(): Promise<void> {
    const ran = !this.#isStopped;
    this.#isStopped = true;
    await this.#repeat.stop();
    if (ran) writeCursor(this.#cursorPath, this.#next);
  }

  /** Something new is in the log. */
  hurry(): void {
    if (this.#inARow === 0) this.#repeat.hurry();
  }

  status(): EmitterStatus {
    const isOpen = this.#inARow >= BREAKER_FAILURES;
    return {
      next: this.#next,
      sent: this.#sent,
      failed: this.#failed,
      deadLetters: this.#deadLetters.all().length,
      breaker: !isOpen ? "closed" : this.#isAsking ? "half_open" : "open",
    };
  }

  /** Sends the dead letters again; gives how many were taken. Those that are refused again stay. */
  async replayDeadLetters(): Promise<number> {
    const { clock, sink } = this.#options;
    let taken = 0;
    for (const letter of this.#deadLetters.all()) {
      if (this.#isStopped) break;
      const delivery = await sink.deliver(letter.document, letter.key);
      const others = this.#deadLetters.all().filter(({ key }) => key !== letter.key);
      if (delivery.kind === "taken") taken += 1;
      else
        others.push({
          ...letter,
          reason: delivery.reason,
          at: clock.now(),
          attempts: letter.attempts + 1,
        });
      this.#deadLetters.replace(others);
      if (delivery.kind === "later") break;
    }
    return taken;
  }

  /** Sends what there is; gives ms until the next look. */
  async #work(): Promise<number> {
    const { read } = this.#options;
    for (;;) {
      const { documents, next } = await read(this.#next, PAGE);
      for (const one of documents) {
        if (this.#isStopped) return IDLE_MS;
        const pauseMs = await this.#send(one);
        if (pauseMs !== undefined) return pauseMs;
      }
      this.#next = next;
      if (documents.length < PAGE) return IDLE_MS;
    }
  }

  /** undefined: on to the next one; else ms to wait before it is tried again. */
  async #send({ document, index, key }: LoggedDocument): Promise<number | undefined> {
    const { clock, name, notify, sink } = this.#options;
    this.#isAsking = true;
    const delivery = await sink.deliver(document, key);
    this.#isAsking = false;
    if (delivery.kind === "later") {
      this.#failed += 1;
      this.#inARow += 1;
      if (this.#inARow === 1 || this.#inARow === BREAKER_FAILURES)
        notify(
          "warn",
          `${name}: ${sink.address} does not take record ${index}: ${delivery.reason}`,
        );
      const pauseMs = Math.min(
        BACKOFF_MS_MIN * 2 ** Math.min(this.#inARow - 1, 20),
        BACKOFF_MS_MAX,
      );
      return Math.max(delivery.retryAfterMs ?? 0, pauseMs) * (1 + JITTER * this.#options.random());
    }
    if (delivery.kind === "refused") {
      this.#failed += 1;
      this.#deadLetters.add({
        key,
        reason: delivery.reason,
        at: clock.now(),
        attempts: 1,
        document,
      });
      notify(
        "warn",
        `${name}: record ${index} was refused for good (${delivery.reason}) and set aside`,
      );
    } else this.#sent += 1;
    this.#inARow = 0;
    this.#next = index + 1;
    writeCursor(this.#cursorPath, this.#next);
    return undefined;
  }
}

function readCursor(path: string): number {
  if (!existsSync(path)) return 0;
  const next = Number(readFileSync(path, "utf8"));
  // A cursor that cannot be read costs repetition, which every sink must bear.
  return Number.isSafeInteger(next) && next >= 0 ? next : 0;
}

function writeCursor(path: string, next: number): void {
  writeFileSync(`${path}.tmp`, String(next));
  renameSync(`${path}.tmp`, path);
}
