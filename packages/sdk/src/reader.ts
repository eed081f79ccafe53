import { isValueHash, type ValueHash } from "@swoosh/kernel/values";
import {
  wireProblem,
  type Chart,
  type ChartSummary,
  type DecisionRecord,
  type EvidenceStored,
  type Explain,
  type Health,
  type InstanceSummary,
  type Page,
  type Proof,
  type SchemaName,
  type StateAnswer,
} from "@swoosh/protocol";
import type { Caller } from "./caller.ts";
import { queryText } from "./exchange.ts";
import { PAGE_ITEMS } from "./limits.ts";
import type { Cancellation } from "./ports.ts";
import { SdkError } from "./sdk-error.ts";
import { bodyBytes } from "./text-lines.ts";

export interface EvidenceOptions {
  /** The instance whose evidence it will be: a secret in it quarantines this project. */
  readonly for?: string;
  /** What it is, for people: a path, or words. */
  readonly name?: string;
  readonly signal?: Cancellation;
}

export interface ReadOptions {
  /** A follower may answer from what it has. */
  readonly stale?: boolean;
  readonly signal?: Cancellation;
}

export interface StateOptions extends ReadOptions {
  readonly projection?: readonly string[];
  /** The state after this record. */
  readonly at?: number;
}

export interface InstancesQuery extends ReadOptions {
  readonly chart?: string;
  /** Only those in this state. */
  readonly in?: string;
}

export interface DecisionsQuery extends ReadOptions {
  readonly instance?: string;
  readonly transition?: string;
  readonly signer?: string;
  /** From this index on. */
  readonly since?: number;
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** Reads, each held to its schema. Lists are read page by page while they are iterated. */
export class Reader {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** Head and document of an instance, or undefined where there is none. */
  async state(instance: string, options: StateOptions): Promise<StateAnswer | undefined> {
    const { projection, at } = options;
    const query = { instance, projection: projection?.join(","), at, ...staleOf(options) };
    return this.#one("/state", query, "State", options.signal, isState);
  }

  async explain(instance: string, options: ReadOptions): Promise<Explain | undefined> {
    return this.#one(
      "/explain",
      { instance, ...staleOf(options) },
      "Explain",
      options.signal,
      isExplain,
    );
  }

  instances(query: InstancesQuery): AsyncGenerator<InstanceSummary, void, undefined> {
    const { chart, in: state, signal } = query;
    const values = { chart, in: state, ...staleOf(query) };
    return this.#list("/instances", values, "InstancesPage", signal, isInstancesPage);
  }

  decisions(query: DecisionsQuery): AsyncGenerator<DecisionRecord, void, undefined> {
    const { instance, transition, signer, since, signal } = query;
    const values = { instance, transition, signer, since, ...staleOf(query) };
    return this.#list("/decisions", values, "DecisionsPage", signal, isDecisionsPage);
  }

  /** By hash or by the whole `bubble://dr/sha256-…`. */
  async decision(id: string, signal?: Cancellation): Promise<DecisionRecord | undefined> {
    const hash = id.replace(/^bubble:\/\/dr\//, "");
    const path = `/decisions/${encodeURIComponent(hash)}`;
    return this.#one(path, {}, "DecisionRecord", signal, isDecision);
  }

  charts(signal?: Cancellation): AsyncGenerator<ChartSummary, void, undefined> {
    return this.#list("/charts", {}, "ChartsPage", signal, isChartsPage);
  }

  async chart(name: string, signal?: Cancellation): Promise<Chart | undefined> {
    return this.#one(`/charts/${encodeURIComponent(name)}`, {}, "Chart", signal, isChart);
  }

  async health(signal?: Cancellation): Promise<Health> {
    const health = await this.#one("/health", {}, "Health", signal, isHealth);
    if (health === undefined) throw new SdkError("bad_answer", "there is no /health here");
    return health;
  }

  async checkpointText(signal?: Cancellation): Promise<string> {
    const text = await this.#caller.readText({
      method: "GET",
      path: "/log/checkpoint",
      headers: { accept: "text/plain" },
      ...signalOf(signal),
    });
    if (text === undefined) throw new SdkError("bad_answer", "there is no checkpoint here");
    return text;
  }

  async inclusionProof(index: number, size: number): Promise<Proof | undefined> {
    return this.#one("/log/proof", { index, size }, "Proof", undefined, isProof);
  }

  async consistencyProof(from: number, to: number): Promise<Proof | undefined> {
    return this.#one("/log/consistency", { from, to }, "Proof", undefined, isProof);
  }

  /** Stores bytes; the server's hash must be theirs. Needs a session wherever the caller is. */
  async putEvidence(
    bytes: Uint8Array,
    { for: instance, name, signal }: EvidenceOptions = {},
  ): Promise<EvidenceStored> {
    const response = await this.#caller.readJson(
      {
        method: "PUT",
        path: `/evidence${queryText({ for: instance, name })}`,
        headers: { "content-type": "application/octet-stream" },
        body: bytes,
        ...signalOf(signal),
      },
      "EvidenceStored",
    );
    if (!isStored(response))
      throw new SdkError("bad_answer", "the server does not say what it stored");
    const hash = this.#hashOf(bytes);
    // What the policy cut secrets out of has another hash, and only the server knows which.
    if (response.hash !== hash && response.redactions === undefined)
      throw new SdkError(
        "unverified",
        `the server stored ${response.hash}, but the bytes are ${hash}`,
      );
    return response;
  }

  /** Bytes that have this hash, or undefined where they are not there. */
  async getEvidence(hash: ValueHash, signal?: Cancellation): Promise<Uint8Array | undefined> {
    if (!isValueHash(hash)) throw new SdkError("misused", `${String(hash)} is no hash`);
    const response = await this.#caller.read({
      method: "GET",
      path: `/evidence/${hash}`,
      headers: { accept: "application/octet-stream" },
      ...signalOf(signal),
    });
    if (response === undefined) return undefined;
    const bytes = await bodyBytes(response);
    const found = this.#hashOf(bytes);
    if (found !== hash) throw new SdkError("unverified", `the bytes under ${hash} are ${found}`);
    return bytes;
  }

  #hashOf(bytes: Uint8Array): ValueHash {
    const digest = this.#caller.ports.hasher.sha256(bytes);
    const digits = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0"));
    return `sha256-${digits.join("")}`;
  }

  async #one<Answer>(
    path: string,
    query: Query,
    schema: SchemaName,
    signal: Cancellation | undefined,
    is: (value: unknown) => value is Answer,
  ): Promise<Answer | undefined> {
    const call = {
      method: "GET",
      path: `${path}${queryText(query)}`,
      ...signalOf(signal),
    } as const;
    const value = await this.#caller.readJson(call, schema);
    return is(value) ? value : undefined;
  }

  async *#list<Item>(
    path: string,
    query: Query,
    schema: SchemaName,
    signal: Cancellation | undefined,
    is: (value: unknown) => value is Page<Item>,
  ): AsyncGenerator<Item, void, undefined> {
    let after: string | undefined;
    do {
      const page = await this.#one(
        path,
        { ...query, after, limit: PAGE_ITEMS },
        schema,
        signal,
        is,
      );
      if (page === undefined) return;
      yield* page.items;
      after = page.next ?? undefined;
    } while (after !== undefined);
  }
}

/** What the schema says of a value, the type says as well: `answers.ts` of the protocol stands beside it. */
const fits =
  <Answer>(schema: SchemaName) =>
  (value: unknown): value is Answer =>
    value !== undefined && wireProblem(schema, value) === undefined;

const isState = fits<StateAnswer>("State");
const isExplain = fits<Explain>("Explain");
const isInstancesPage = fits<Page<InstanceSummary>>("InstancesPage");
const isDecisionsPage = fits<Page<DecisionRecord>>("DecisionsPage");
const isDecision = fits<DecisionRecord>("DecisionRecord");
const isChartsPage = fits<Page<ChartSummary>>("ChartsPage");
const isChart = fits<Chart>("Chart");
const isHealth = fits<Health>("Health");
const isProof = fits<Proof>("Proof");
const isStored = fits<EvidenceStored>("EvidenceStored");

function staleOf({ stale }: ReadOptions): Query {
  return stale === true ? { stale: "ok" } : {};
}

function signalOf(signal: Cancellation | undefined): { readonly signal?: Cancellation } {
  return signal === undefined ? {} : { signal };
}
