import type { Json, JsonObject } from "../json/json.ts";
import type { ValueHash } from "../hash.ts";

/** The state of one instance, in canonical key order at every level: `JSON.stringify` of it is its canonical form. */
export interface Document {
  readonly configuration: readonly string[];
  readonly context: JsonObject;
  /** Open effects by (seq, n). */
  readonly effects: readonly Effect[];
  /** Region name → integer; grows by one in each record in which something of that region happened. */
  readonly epoch: { readonly [region: string]: number };
  /** History state's path → sorted paths. */
  readonly history: { readonly [path: string]: readonly string[] };
  readonly hlc_last: string;
  readonly meta: DocumentMeta;
  /** By id. */
  readonly timers: readonly Timer[];
}

export interface DocumentMeta {
  readonly chart: string;
  readonly chart_hash: ValueHash;
  readonly ended: boolean;
  readonly instance: string;
  readonly origin: string;
  readonly seq: number;
  readonly version: number;
}

/** Milliseconds of the journal's time, or an index of `beat/main`. */
export type Due = { readonly at: number } | { readonly beat: number };

export interface Effect {
  readonly answer: readonly string[];
  readonly due: Due;
  readonly effect: string;
  /** seq at emission: executors refuse a lower one than they have seen for (instance, effect, owner). */
  readonly fence: number;
  /** `<instance>#<seq>.<n>`, n from 0. */
  readonly id: string;
  /** The emit's local id. */
  readonly name: string;
  /** Name of the identity that may answer. */
  readonly owner: string;
  /** Path of the state whose exit closes it. */
  readonly state: string;
  readonly with: Json;
}

export interface Timer {
  readonly due: Due;
  readonly event: string;
  readonly id: string;
  readonly state: string;
}

/** A document with its hash, as it stands at the head of its instance. */
export interface Head {
  readonly document: Document;
  readonly hash: ValueHash;
}

/** And the index of the record that put it there. */
export interface IndexedHead extends Head {
  readonly index: number;
}
