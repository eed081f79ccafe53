import { NDJSON_MEDIA_TYPE, type Problem } from "@swoosh/protocol";
import { canonicalize } from "@swoosh/kernel/values";
import type { Delivery } from "./delivery.ts";
import { exchange, isProblem, jsonIn } from "./exchange.ts";
import { ROUND_PROPOSALS_DEFAULT } from "./limits.ts";
import type { Cancellation, SdkPorts } from "./ports.ts";
import { lostError, type Proposed, type ProposeOptions, type Proposer } from "./proposer.ts";
import { SdkError } from "./sdk-error.ts";
import { serverTimeMs } from "./server-time.ts";
import type { SignedProposalText } from "./sign-proposal.ts";
import { textLines } from "./text-lines.ts";
import { wait } from "./wait.ts";

export interface TransitionRequest {
  readonly instance: string;
  readonly transition: string;
  readonly inputs?: object;
  readonly options?: Omit<ProposeOptions, "signal">;
}

export interface StreamOptions {
  /** Proposals in one round, 64 unless given. */
  readonly roundMax?: number;
  readonly signal?: Cancellation;
}

/** One answer for each request, in their order. `lost`: nobody knows, and all tries are used up. */
export type Streamed =
  | (Proposed & { readonly request: TransitionRequest })
  | { readonly kind: "lost"; readonly request: TransitionRequest; readonly error: SdkError };

interface Slot {
  readonly request: TransitionRequest;
  readonly delivery: Delivery;
  result: Streamed | null;
  /** Not before this time, by the clock. */
  atMs: number;
}

type Source = Iterable<TransitionRequest> | AsyncIterable<TransitionRequest>;

/**
 * Any number of proposals over `POST /transitions`, in rounds: each round is one request with every proposal that can go
 * now, at most one for each instance (the next one on it needs the head that this one makes). Answers are yielded in the
 * order of the requests, as they arrive. Rounds follow one another: browsers cannot read an answer while they still send,
 * so one way serves both.
 */
export async function* streamTransitions(
  given: { readonly ports: SdkPorts; readonly url: string; readonly proposer: Proposer },
  requests: Source,
  options: StreamOptions,
): AsyncGenerator<Streamed, void, undefined> {
  const stream = new TransitionStream(given, options);
  const source = sourceOf(requests);
  let pulling: Promise<IteratorResult<TransitionRequest>> | null = source.next();
  try {
    while (pulling !== null || stream.isBusy) {
      while (pulling !== null && stream.hasRoom) {
        const pulled = stream.isBusy ? await settledSoon(pulling) : await pulling;
        if (pulled === undefined) break;
        if (pulled.done === true) {
          pulling = null;
        } else {
          await stream.add(pulled.value);
          pulling = source.next();
        }
      }
      if (stream.isBusy) for await (const done of stream.round()) yield done;
    }
  } finally {
    await source.return?.();
  }
}

class TransitionStream {
  readonly #ports: SdkPorts;
  readonly #url: string;
  readonly #proposer: Proposer;
  readonly #roundMax: number;
  readonly #signal: Cancellation | undefined;
  /** In order of the requests; the front leaves when it is answered. */
  #slots: Slot[] = [];

  constructor(
    given: { readonly ports: SdkPorts; readonly url: string; readonly proposer: Proposer },
    options: StreamOptions,
  ) {
    this.#ports = given.ports;
    this.#url = given.url;
    this.#proposer = given.proposer;
    this.#roundMax = options.roundMax ?? ROUND_PROPOSALS_DEFAULT;
    this.#signal = options.signal;
  }

  get isBusy(): boolean {
    return this.#slots.length > 0;
  }

  get hasRoom(): boolean {
    return this.#slots.length < this.#roundMax;
  }

  async add(request: TransitionRequest): Promise<void> {
    const { instance, transition, inputs = {} } = request;
    const delivery = await this.#proposer.begin(
      { instance, transition, inputs },
      request.options ?? {},
    );
    this.#slots.push({ request, delivery, result: null, atMs: 0 });
  }

  /** One request; yields what is answered in order so far. */
  async *round(): AsyncGenerator<Streamed, void, undefined> {
    const ready = await this.#ready();
    const sent = await Promise.all(
      ready.map(({ delivery }) => {
        // What came back meanwhile on this instance is the newest head that there is.
        if (!delivery.isPinned) delivery.head = this.#newest(delivery);
        return this.#proposer.sign(delivery);
      }),
    );
    let at = 0;
    for await (const line of this.#answers(sent)) {
      const slot = ready[at];
      const signed = sent[at];
      if (slot === undefined || signed === undefined) break;
      this.#take(slot, signed, line);
      at += 1;
      yield* this.#front();
      if (at === ready.length) break;
    }
    const lost = this.#lost ?? new SdkError("bad_answer", "the stream ended before its answers");
    for (const slot of ready.slice(at)) this.#again(slot, { kind: "lost", error: lost });
    yield* this.#front();
  }

  #lost: unknown = null;
  /** The server said so of a line: from the next round on an operator's token goes with them, for the places kept for operators. */
  #isFull = false;
  #serverMs: number | undefined = undefined;

  async *#answers(sent: readonly SignedProposalText[]): AsyncGenerator<string, void, undefined> {
    this.#lost = null;
    const token = this.#isFull ? await this.#proposer.token() : undefined;
    const result = await exchange(this.#ports, this.#url, {
      method: "POST",
      path: "/transitions",
      headers: { "content-type": NDJSON_MEDIA_TYPE, accept: NDJSON_MEDIA_TYPE, ...token },
      body: sent.map(({ text }) => `${text}\n`).join(""),
      ...(this.#signal === undefined ? {} : { signal: this.#signal }),
    });
    if (result.kind === "lost") {
      this.#lost = result.error;
      return;
    }
    if (result.kind === "refused") {
      this.#serverMs = serverTimeMs(result.date);
      // The whole request was refused: each of its proposals was.
      for (const _ of sent) yield JSON.stringify(result.problem);
      return;
    }
    this.#serverMs = serverTimeMs(result.response.header("date"));
    try {
      for await (const line of textLines(this.#ports, result.response.chunks))
        if (line !== "") yield line;
    } catch (error) {
      this.#lost = error;
    } finally {
      result.response.cancel();
    }
  }

  #take(slot: Slot, sent: SignedProposalText, line: string): void {
    const value = jsonIn(line);
    if (isProblem(value)) {
      if (value.code === "overloaded") this.#isFull = true;
      const retryAfterMs = value.retry?.after_ms ?? null;
      this.#again(slot, { kind: "refused", problem: value, retryAfterMs });
      return;
    }
    const { request, delivery } = slot;
    const accepted = this.#proposer.acceptLine(delivery, sent, answerOfLine(value, line));
    slot.result = { ...accepted, request };
  }

  #again(
    slot: Slot,
    outcome:
      | { readonly kind: "lost"; readonly error: unknown }
      | {
          readonly kind: "refused";
          readonly problem: Problem;
          readonly retryAfterMs: number | null;
        },
  ): void {
    const { request, delivery } = slot;
    const { idemKey } = delivery.operation;
    const plan = delivery.next(outcome, this.#serverMs);
    const now = this.#ports.clock.now();
    if (plan.kind === "again") slot.atMs = now + plan.afterMs;
    else if (plan.kind === "at_beat") slot.atMs = now + plan.pollMs;
    else if (outcome.kind === "refused")
      slot.result = { kind: "refused", problem: outcome.problem, idemKey, request };
    else slot.result = { kind: "lost", error: lostError(request, idemKey, outcome.error), request };
    if (outcome.kind === "refused" && delivery.head !== undefined)
      this.#proposer.heads.put(delivery.operation.instance, delivery.head);
  }

  /** The first unanswered proposal of each instance, once its time has come; waits for the first where none has. */
  async #ready(): Promise<readonly Slot[]> {
    const firsts = new Map<string, Slot>();
    for (const slot of this.#slots) {
      const { instance } = slot.delivery.operation;
      if (slot.result === null && !firsts.has(instance)) firsts.set(instance, slot);
    }
    const slots = [...firsts.values()];
    const nextMs = Math.min(...slots.map(({ atMs }) => atMs));
    const waitMs = nextMs - this.#ports.clock.now();
    if (waitMs > 0) await wait(this.#ports.clock, waitMs, this.#signal);
    // A timer may go off a little early: what was waited for is due nevertheless, or a round could be empty.
    const now = Math.max(this.#ports.clock.now(), nextMs);
    return slots.filter(({ atMs }) => atMs <= now);
  }

  #newest(delivery: Delivery): Delivery["head"] {
    const known = this.#proposer.heads.get(delivery.operation.instance);
    if (known === undefined || delivery.head === undefined) return known ?? delivery.head;
    return known.index >= delivery.head.index ? known : delivery.head;
  }

  *#front(): Generator<Streamed, void, undefined> {
    for (;;) {
      const result = this.#slots[0]?.result;
      if (result === undefined || result === null) return;
      this.#slots = this.#slots.slice(1);
      yield result;
    }
  }
}

/** A line says 202 where the body of one answer says `accepted`; all else is the same bytes. */
function answerOfLine(
  value: unknown,
  line: string,
): { readonly text: string; readonly replayed: boolean } {
  if (typeof value !== "object" || value === null) return { text: line, replayed: false };
  const { replayed, status, ...rest } = Object(value);
  const body = { ...rest, status: status === 202 ? "accepted" : status };
  return { text: canonicalize(body), replayed: replayed === true };
}

function sourceOf(requests: Source): {
  next(): Promise<IteratorResult<TransitionRequest>>;
  return?(): Promise<unknown>;
} {
  if (Symbol.asyncIterator in requests) {
    const iterator = requests[Symbol.asyncIterator]();
    return {
      next: () => iterator.next(),
      return: async () => iterator.return?.(),
    };
  }
  const iterator = requests[Symbol.iterator]();
  return { next: async () => iterator.next(), return: async () => iterator.return?.() };
}

/** What a promise gives within a few turns of the loop's microtasks, else undefined: a slow source holds up no round. */
async function settledSoon<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  let settled: { readonly value: Value } | null = null;
  void promise.then(
    (value) => (settled = { value }),
    () => null,
  );
  for (let turn = 0; turn < SOON_TURNS; turn += 1) await Promise.resolve();
  const found: { readonly value: Value } | null = settled;
  return found === null ? undefined : promise;
}

const SOON_TURNS = 8;
