import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { Registry } from "../chart/native-guard.ts";
import type { LeafHash, ValueHash } from "../hash.ts";
import type { JsonObject } from "../json/json.ts";
import type { LogRecord, ProposalBody } from "../log/record.ts";
import type { Refused } from "../refusal.ts";
import type { Effect, Head } from "./document.ts";

/** What a record may depend on: the fold of the journal so far. Read-only; the caller overlays what a batch adds. */
export interface State {
  readonly origin: string;
  readonly bounds: ClockBounds;
  /** Flags (`flags.ts`) that new records are made under, sorted. */
  readonly flags: readonly number[];
  /** `hmmm:pubkey:…` of the node that writes engine records. */
  readonly node: string;
  readonly registry: Registry;
  head(instance: string): Head | undefined;
  /** The chart that new instances of this name get. */
  chart(name: string): CompiledChart | undefined;
  /** The chart that a living instance runs under. */
  chartByHash(hash: ValueHash): CompiledChart | undefined;
}

export interface ClockBounds {
  readonly behindMs: number;
  readonly aheadMs: number;
}

/** What reduce is given beside the state: nothing here is read from anywhere. */
export interface Moment {
  readonly index: number;
  readonly prev: LeafHash;
  /** Journal time of the record, ms. */
  readonly at: number;
  /** The engine's clock reading, ms; differs from `at` after the clock was set back. */
  readonly now: number;
}

/** A signed request as it passed the edge: canonical key order, hashes and signature checked. */
export interface ProposalInput {
  readonly kind: "proposal";
  readonly moment: Moment;
  readonly proposal: ProposalBody;
  readonly inputs: JsonObject;
  readonly signature: string;
  /** Answers to `attestations(state, input)`, in order. */
  readonly verdict: readonly boolean[];
  /** What the idempotency index knows of `idem_key`, or undefined. */
  readonly seen: Seen | undefined;
}

/** The record that an idempotency key led to, and the operation (see `operation.ts`) it stood for. */
export interface Seen {
  readonly index: number;
  readonly operation: ValueHash;
}

/** A record that the engine makes of itself; `sign` of the port gives its signature afterwards (see engine). */
export type EngineAct =
  | { readonly act: "@genesis"; readonly inputs: JsonObject }
  | { readonly act: "@chart"; readonly chart: CompiledChart }
  | {
      readonly act: "@migrate";
      readonly instance: string;
      readonly to: CompiledChart;
      readonly mapping: JsonObject;
    }
  | { readonly act: "@timer"; readonly instance: string }
  | { readonly act: "@seal"; readonly instance: string };

export interface EngineInput {
  readonly kind: "engine";
  readonly moment: Moment;
  readonly act: EngineAct;
  /** Signs the value hash-able body: deterministic (Ed25519), handed in because it needs the node's key. */
  sign(body: ProposalBody): string;
}

export type ReduceInput = ProposalInput | EngineInput;

export interface Accepted {
  readonly kind: "accepted";
  readonly record: LogRecord;
  /** Canonical JSON of the record: the journal's bytes. */
  readonly text: string;
  readonly leaf: LeafHash;
  /** New heads, the main instance first, then parts in order. */
  readonly heads: readonly Head[];
  /** The chart that `@chart` installed. */
  readonly installed: CompiledChart | null;
  readonly effects: { readonly opened: readonly Effect[]; readonly closed: readonly string[] };
}

/** The same operation was accepted before: the first answer is made from that record. */
export interface Duplicate {
  readonly kind: "duplicate";
  readonly index: number;
}

export type Verdict = Accepted | Duplicate | Refused;
