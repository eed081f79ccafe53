import type { Json, JsonObject } from "../json/json.ts";
import type { LeafHash, ValueHash } from "../hash.ts";
import type { Effect } from "../reduce/document.ts";

/** One entry of the journal; canonical JSON of at most 65,535 bytes. Keys here stand in canonical order. */
export interface LogRecord {
  /** Journal time, ms since the epoch; never decreases. */
  readonly at: number;
  readonly configuration: readonly string[];
  readonly effects: RecordEffects;
  readonly flags: readonly number[];
  readonly index: number;
  /** Exactly one of `inputs` and `inputs_ref` is there; the latter is written only by redaction. */
  readonly inputs?: JsonObject;
  readonly inputs_ref?: string;
  /** Reading of the engine's clock where it differs from `at`. */
  readonly now?: number;
  readonly outcomes: readonly Outcome[];
  readonly parts: readonly RecordPart[];
  readonly post: ValueHash;
  readonly pre: ValueHash;
  readonly prev: LeafHash;
  readonly proposal: ProposalBody;
  readonly raised: readonly Raised[];
  readonly reads: readonly RecordedRead[];
  readonly seq: number;
  readonly signature: string;
  readonly v: 1;
  readonly verdict: readonly boolean[];
}

/** The signed part of a proposal: no `signature`, no `inputs`; absent fields are absent. */
export interface ProposalBody {
  readonly current_state_hash: ValueHash;
  readonly evidence?: readonly string[];
  readonly hlc: string;
  readonly idem_key: string;
  readonly inputs_hash: ValueHash;
  readonly instance?: string;
  readonly justification?: string;
  readonly origin: string;
  /** `hmmm:pubkey:<base64url of 32 bytes>` */
  readonly signer: string;
  readonly transition: string;
  readonly window_id?: string;
}

export interface Outcome {
  readonly guard: string;
  readonly ok: boolean;
  readonly reasons: readonly string[];
}

/** An event that the chart raised itself; `failed` says why a timer's step was discarded. */
export interface Raised {
  readonly event: string;
  readonly failed?: string;
  readonly taken: boolean;
}

export interface RecordedRead {
  readonly hash: ValueHash;
  readonly instance: string;
}

export interface RecordEffects {
  readonly closed: readonly string[];
  readonly opened: readonly Effect[];
}

/** Another instance that the record moved by a join. */
export interface RecordPart {
  readonly configuration: readonly string[];
  readonly effects: RecordEffects;
  readonly inputs: JsonObject;
  readonly instance: string;
  readonly outcomes: readonly Outcome[];
  readonly post: ValueHash;
  readonly pre: ValueHash;
  readonly seq: number;
  readonly transition: string;
}

export type { Json };
