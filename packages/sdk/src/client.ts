import { parseCheckpoint, type Checkpoint, type ValueHash } from "@swoosh/kernel/values";
import type {
  Chart,
  ChartSummary,
  DecisionRecord,
  EvidenceStored,
  Explain,
  FoundMemory,
  Health,
  InstanceSummary,
  KeptMemory,
  StateAnswer,
} from "@swoosh/protocol";
import { Caller } from "./caller.ts";
import type { ChartClient, ChartState, ChartTypes } from "./chart-client.ts";
import {
  JournalReader,
  type JournalEntry,
  type JournalOptions,
  type TailOptions,
} from "./journal-reader.ts";
import { LogProofs, type ProvenRecord } from "./log-proofs.ts";
import { Memories, type RecallOptions, type RememberOptions } from "./memories.ts";
import type { Cancellation, SdkPorts, Signer } from "./ports.ts";
import { Proposer, type Proposed, type ProposedAccepted, type ProposeOptions } from "./proposer.ts";
import {
  Reader,
  type DecisionsQuery,
  type EvidenceOptions,
  type InstancesQuery,
  type ReadOptions,
  type StateOptions,
} from "./reader.ts";
import { DEFAULT_RETRY, type RetryPolicy } from "./retry.ts";
import { SdkError } from "./sdk-error.ts";
import { SessionKeeper } from "./session-keeper.ts";
import {
  streamTransitions,
  type Streamed,
  type StreamOptions,
  type TransitionRequest,
} from "./transition-stream.ts";
import type { Pins } from "./verify-proof.ts";

export interface ClientOptions {
  /** Of the server: `https://swoosh.example` or with a path before the routes. */
  readonly url: string;
  /** Without one the client can read where reads need no session. */
  readonly signer?: Signer;
  /**
   * The signer is an operator: where the server says that it is full, the proposal goes again, with a session's token, into the places
   * that are kept for operators. Opening the session is two requests, once, and nothing is sent of it before.
   */
  readonly operator?: boolean;
  readonly ports: SdkPorts;
  /** Of the log; asked of the server (and then not pinned) where it is left out. */
  readonly origin?: string;
  readonly pins?: Omit<Pins, "origin">;
  /** A checkpoint that an earlier run has verified: the log must still contain it. */
  readonly trusted?: Checkpoint;
  readonly retry?: Partial<RetryPolicy>;
}

/** A client of one server. It holds no connection, so there is nothing to close. */
export interface Client {
  /** Proposes a transition: yes or no; throws an `SdkError` for what the world did. */
  propose(
    instance: string,
    transition: string,
    inputs?: object,
    options?: ProposeOptions,
  ): Promise<Proposed>;
  /** The same verdict, and nothing is recorded. */
  dryRun(
    instance: string,
    transition: string,
    inputs?: object,
    options?: ProposeOptions,
  ): Promise<Proposed>;
  /** Any number of proposals; one answer for each, in order. */
  transitions(
    requests: Iterable<TransitionRequest> | AsyncIterable<TransitionRequest>,
    options?: StreamOptions,
  ): AsyncGenerator<Streamed, void, undefined>;
  /** A client of one chart, with the types that `swoosh chart types` prints. */
  chartClient<Types extends ChartTypes>(chart: string): ChartClient<Types>;

  state(instance: string, options?: StateOptions): Promise<StateAnswer | undefined>;
  instances(query?: InstancesQuery): AsyncGenerator<InstanceSummary, void, undefined>;
  explain(instance: string, options?: ReadOptions): Promise<Explain | undefined>;
  decisions(query?: DecisionsQuery): AsyncGenerator<DecisionRecord, void, undefined>;
  decision(id: string, signal?: Cancellation): Promise<DecisionRecord | undefined>;
  charts(signal?: Cancellation): AsyncGenerator<ChartSummary, void, undefined>;
  chart(name: string, signal?: Cancellation): Promise<Chart | undefined>;
  health(signal?: Cancellation): Promise<Health>;
  journal(options?: JournalOptions): AsyncGenerator<JournalEntry, void, undefined>;
  tail(options?: TailOptions): AsyncGenerator<JournalEntry, void, undefined>;
  /**
   * Stores bytes. Gives what is kept under which hash: where the policy cut secrets out, `redactions` says how many, and the
   * hash is not that of the bytes. Throws `read_refused` with `secret_found` where nothing may be kept of it.
   */
  putEvidence(bytes: Uint8Array, options?: EvidenceOptions): Promise<EvidenceStored>;
  getEvidence(hash: ValueHash, signal?: Cancellation): Promise<Uint8Array | undefined>;
  /** Puts a memory into the mesh, durably: one for each passage of a long text. Needs a session wherever the caller is. */
  remember(text: string, options?: RememberOptions): Promise<readonly KeptMemory[]>;
  /** The memories most like a query, best first. */
  recall(query: string, options?: RecallOptions): Promise<readonly FoundMemory[]>;

  /** The origin that proposals are signed for. */
  origin(): Promise<string>;
  /** The server's checkpoint, verified by the pinned keys and consistent with all before. */
  checkpoint(): Promise<Checkpoint>;
  /** The record behind an answer: whole, signed, giving this very answer, and in the verified tree. */
  verifyInLog(accepted: ProposedAccepted): Promise<ProvenRecord>;
}

export function createClient(options: ClientOptions): Client {
  const { ports, url, signer } = options;
  const retry: RetryPolicy = { ...DEFAULT_RETRY, ...options.retry };
  const origins = new Origins(options.origin, () => reader.checkpointText());
  const origin = (): Promise<string> => origins.get();
  const sessions = new SessionKeeper({ ports, url, signer, origin });
  const caller = new Caller({ ports, url, sessions, retry });
  const reader = new Reader(caller);
  const memories = new Memories(caller);
  const journal = new JournalReader(caller);
  const reserve = options.operator === true && sessions.isPossible ? { reserve: sessions } : {};
  const proposer = new Proposer({ ports, url, signer, origin, retry, caller, ...reserve });
  const pins = {
    ...options.pins,
    ...(options.origin === undefined ? {} : { origin: options.origin }),
  };
  const proofs = new LogProofs({
    ports,
    reader,
    journal,
    pins,
    ...(options.trusted === undefined ? {} : { trusted: options.trusted }),
  });
  const propose: Client["propose"] = (instance, transition, inputs = {}, more = {}) =>
    proposer.propose({ instance, transition, inputs }, more, false);
  const dryRun: Client["dryRun"] = (instance, transition, inputs = {}, more = {}) =>
    proposer.propose({ instance, transition, inputs }, more, true);
  return {
    propose,
    dryRun,
    transitions: (requests, more = {}) =>
      streamTransitions({ ports, url, proposer }, requests, more),
    chartClient: <Types extends ChartTypes>(chart: string): ChartClient<Types> => ({
      propose: (id, transition, inputs, more) =>
        propose(`${chart}/${id}`, transition, inputs, more),
      dryRun: (id, transition, inputs, more) => dryRun(`${chart}/${id}`, transition, inputs, more),
      state: async (id, more = {}) => typed<Types>(await reader.state(`${chart}/${id}`, more)),
    }),
    state: (instance, more = {}) => reader.state(instance, more),
    instances: (query = {}) => reader.instances(query),
    explain: (instance, more = {}) => reader.explain(instance, more),
    decisions: (query = {}) => reader.decisions(query),
    decision: (id, signal) => reader.decision(id, signal),
    charts: (signal) => reader.charts(signal),
    chart: (name, signal) => reader.chart(name, signal),
    health: (signal) => reader.health(signal),
    journal: (more = {}) => journal.journal(more),
    tail: (more = {}) => journal.tail(more),
    putEvidence: (bytes, more) => reader.putEvidence(bytes, more),
    getEvidence: (hash, signal) => reader.getEvidence(hash, signal),
    remember: (text, more = {}) => memories.remember(text, more),
    recall: (query, more = {}) => memories.recall(query, more),
    origin,
    checkpoint: () => proofs.checkpoint(),
    verifyInLog: ({ answer, text }) =>
      proofs.record(answer.index, { leaf: answer.record_hash, answer: text }),
  };
}

/** The chart has checked the context before every record: its type is what the chart says. */
function typed<Types extends ChartTypes>(
  state: StateAnswer | undefined,
): ChartState<Types> | undefined {
  return state as ChartState<Types> | undefined;
}

/** The log's origin: pinned, or asked once. Whoever signs for an origin that a stranger told signs for the stranger's log only. */
class Origins {
  readonly #ask: () => Promise<string>;
  #origin: Promise<string> | null;

  constructor(pinned: string | undefined, ask: () => Promise<string>) {
    this.#ask = ask;
    this.#origin = pinned === undefined ? null : Promise.resolve(pinned);
  }

  get(): Promise<string> {
    this.#origin ??= this.#asked().catch((error: unknown) => {
      this.#origin = null;
      throw error;
    });
    return this.#origin;
  }

  async #asked(): Promise<string> {
    const parsed = parseCheckpoint(await this.#ask());
    if (!parsed.ok)
      throw new SdkError("bad_answer", `the server's checkpoint is none: ${parsed.problem}`);
    return parsed.checkpoint.origin;
  }
}
