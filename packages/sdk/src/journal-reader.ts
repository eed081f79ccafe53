import { leafHash, type LeafHash } from "@swoosh/kernel/values";
import { NDJSON_MEDIA_TYPE, SSE_MEDIA_TYPE } from "@swoosh/protocol";
import type { Caller } from "./caller.ts";
import { queryText } from "./exchange.ts";
import { PAGE_ITEMS, RETRY_FIRST_MS, RETRY_LAST_MS, TAIL_IDLE_MS } from "./limits.ts";
import type { Cancellation, HttpResponse, SdkPorts } from "./ports.ts";
import { randomBelow } from "./random-below.ts";
import { SdkError } from "./sdk-error.ts";
import { textLines } from "./text-lines.ts";
import { throwIfCancelled, wait } from "./wait.ts";

/** One record as the journal has it. */
export interface JournalEntry {
  readonly index: number;
  /** Exact bytes, as text: canonical JSON. */
  readonly text: string;
  readonly leaf: LeafHash;
}

export interface JournalOptions {
  /** First index; 0 unless given. */
  readonly from?: number;
  /** Records at most; all that there are unless given. Of no use to a tail. */
  readonly limit?: number;
  readonly signal?: Cancellation;
}

export interface TailOptions extends JournalOptions {
  /** ms of silence after which the tail is opened anew. */
  readonly idleMs?: number;
}

/**
 * Reads the journal in order. Every record must follow the one before: index by one, `prev` its leaf hash; so nothing is
 * skipped, told twice or changed on the way. Throws `unverified` where a record does not follow.
 */
export class JournalReader {
  readonly #caller: Caller;
  readonly #ports: SdkPorts;

  constructor(caller: Caller) {
    this.#caller = caller;
    this.#ports = caller.ports;
  }

  /** All records that there are now, page by page. */
  async *journal(options: JournalOptions): AsyncGenerator<JournalEntry, void, undefined> {
    const chain = new Chain(this.#ports, options.from ?? 0);
    const end = (options.from ?? 0) + (options.limit ?? Number.POSITIVE_INFINITY);
    for (;;) {
      const before = chain.nextIndex;
      const limit = Math.min(PAGE_ITEMS, end - before);
      if (limit <= 0) return;
      const path = `/journal${queryText({ from: before, limit })}`;
      const text = await this.#caller.readText({
        method: "GET",
        path,
        headers: { accept: NDJSON_MEDIA_TYPE },
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
      for (const line of (text ?? "").split("\n")) if (line !== "") yield chain.follow(line);
      if (chain.nextIndex < before + limit) return;
    }
  }

  /** Records from `from` on, for ever: what is there, then what comes. Ends only by the caller or by an error. */
  async *tail(options: TailOptions): AsyncGenerator<JournalEntry, void, undefined> {
    const chain = new Chain(this.#ports, options.from ?? 0);
    let pauseMs = RETRY_FIRST_MS;
    for (;;) {
      throwIfCancelled(options.signal);
      const response = await this.#open(chain.nextIndex, options.signal);
      const stopWatching = this.#watch(response, options);
      try {
        for await (const { data, event } of serverEvents(this.#ports, stopWatching.chunks)) {
          // The server ends the stream and says why: it is opened anew, or refused with the same reason.
          if (event === "end") break;
          // A server that resumes from further back tells some records again.
          if (chain.isOld(data)) continue;
          yield chain.follow(data);
          pauseMs = RETRY_FIRST_MS;
        }
      } catch (error) {
        if (error instanceof SdkError) throw error;
        throwIfCancelled(options.signal);
        // The connection broke: what was told was told, the rest is asked for again.
      } finally {
        stopWatching.end();
        response.cancel();
      }
      await wait(this.#ports.clock, randomBelow(this.#ports, pauseMs) + 1, options.signal);
      pauseMs = Math.min(2 * pauseMs, RETRY_LAST_MS);
    }
  }

  async #open(from: number, signal: Cancellation | undefined): Promise<HttpResponse> {
    const response = await this.#caller.read({
      method: "GET",
      path: `/journal${queryText({ from })}`,
      headers: {
        accept: SSE_MEDIA_TYPE,
        ...(from === 0 ? {} : { "last-event-id": String(from - 1) }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    if (response === undefined) throw new SdkError("bad_answer", "there is no journal here");
    return response;
  }

  /** Closes the connection when nothing comes for too long, or when the caller gives up. */
  #watch(
    response: HttpResponse,
    options: TailOptions,
  ): { readonly chunks: AsyncIterable<Uint8Array>; readonly end: () => void } {
    const { clock } = this.#ports;
    const close = (): void => response.cancel();
    const idleMs = options.idleMs ?? TAIL_IDLE_MS;
    let cancelIdle = clock.wakeIn(idleMs, close);
    options.signal?.addEventListener("abort", close);
    async function* watched(): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of response.chunks) {
        cancelIdle();
        cancelIdle = clock.wakeIn(idleMs, close);
        yield chunk;
      }
    }
    const end = (): void => {
      cancelIdle();
      options.signal?.removeEventListener("abort", close);
    };
    return { chunks: watched(), end };
  }
}

/** The last record that was read, and what must follow it. */
class Chain {
  nextIndex: number;
  readonly #ports: Pick<SdkPorts, "hasher">;
  #leaf: LeafHash | null = null;

  constructor(ports: Pick<SdkPorts, "hasher">, from: number) {
    this.#ports = ports;
    this.nextIndex = from;
  }

  isOld(text: string): boolean {
    const { index } = headOf(text);
    return typeof index === "number" && index < this.nextIndex;
  }

  follow(text: string): JournalEntry {
    const { index, prev } = headOf(text);
    if (index !== this.nextIndex)
      throw new SdkError(
        "unverified",
        `record ${String(index)} came where ${this.nextIndex} was to come`,
      );
    if (this.#leaf !== null && prev !== this.#leaf)
      throw new SdkError(
        "unverified",
        `record ${index} follows ${String(prev)}, but the one before it is ${this.#leaf}`,
      );
    this.#leaf = leafHash(this.#ports.hasher, text);
    this.nextIndex += 1;
    return { index, text, leaf: this.#leaf };
  }
}

function headOf(text: string): { readonly index: unknown; readonly prev: unknown } {
  try {
    const { index, prev } = Object(JSON.parse(text));
    return { index, prev };
  } catch {
    return { index: undefined, prev: undefined };
  }
}

export interface ServerEvent {
  /** Empty for a plain message. */
  readonly event: string;
  readonly id: string;
  readonly data: string;
}

/** Events of a stream (WHATWG HTML §9.2.6): comments and fields of no use here are passed over, a torn event is dropped. */
export async function* serverEvents(
  ports: Pick<SdkPorts, "decoder">,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerEvent, void, undefined> {
  let id = "";
  let event = "";
  let data: string[] = [];
  for await (const line of textLines(ports, chunks)) {
    if (line === "") {
      if (data.length > 0) yield { event, id, data: data.join("\n") };
      data = [];
      event = "";
      continue;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") data.push(value);
    else if (field === "id") id = value;
    else if (field === "event") event = value;
  }
}
