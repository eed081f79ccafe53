import type {
  Document,
  Json,
  JsonObject,
  LeafHash,
  Outcome,
  ProposalBody,
  ValueHash,
} from "@swoosh/kernel";

/** Types of what travels, as `SCHEMAS` describes it. Keys stand in canonical order. */

/** A proposal's fields before it is signed. */
export type UnsignedProposal = ProposalBody;

/** The body of `POST /transition`. */
export interface WireProposal extends ProposalBody {
  readonly inputs?: JsonObject;
  readonly signature: string;
}

/** The body of a 202 (and of the 200 of a dry run). */
export interface Accepted {
  readonly configuration: readonly string[];
  readonly decision: string;
  readonly guard_outcomes: readonly Outcome[];
  readonly hlc: string;
  readonly index: number;
  readonly instance: string;
  readonly record_hash: LeafHash;
  readonly state_post_hash: ValueHash;
  readonly state_pre_hash: ValueHash;
  readonly status: "accepted";
  readonly transition: string;
}

/** Head of an instance: `projection` where it was asked for, else `state`. */
export interface StateAnswer {
  readonly configuration: readonly string[];
  readonly hash: ValueHash;
  readonly hlc: string;
  readonly index: number;
  readonly instance: string;
  readonly projection?: { readonly [name: string]: Projected };
  readonly state?: Document;
}

/** Beside `phase` and `epoch` the keys of the context that the chart projects. */
export interface Projected {
  readonly [key: string]: Json;
}

/** A list is read page by page: `next` is the cursor for the next one, null on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface InstanceSummary {
  readonly configuration: readonly string[];
  readonly hash: ValueHash;
  readonly index: number;
  readonly instance: string;
}

/** A record and what led to it. */
export interface Cause {
  readonly at: number;
  /** `index` is that of the record that it names, where it is one. */
  readonly because: readonly { readonly index: number | null; readonly text: string }[];
  /** Name of the identity that signed. */
  readonly by: string;
  readonly index: number;
  readonly instance: string;
  readonly role: string;
  readonly transition: string;
  readonly what: string;
}

export interface Explain {
  /** How it came here, the last record first. */
  readonly because?: readonly Cause[];
  readonly configuration: readonly string[];
  readonly hash: ValueHash;
  readonly index: number;
  readonly instance: string;
  readonly transitions: readonly Explained[];
  /** Who owes what until when, and who may do what next, in sentences. */
  readonly waits_for?: readonly string[];
}

export interface Explained {
  /** Roles that may propose it; empty: nobody. */
  readonly by: readonly string[];
  readonly enabled: boolean;
  /** `ok` is null where it depends on what only a proposal brings. */
  readonly guard_outcomes: readonly {
    readonly guard: string;
    readonly ok: boolean | null;
    readonly reasons: readonly string[];
  }[];
  /** What would make it pass. */
  readonly helps: readonly string[];
  readonly leads_to?: readonly string[];
  readonly outlook?: "open" | "depends" | "closed";
  readonly transition: string;
  /** Identities that may propose it here. */
  readonly who?: readonly string[];
}

export interface ChartSummary {
  readonly chart: string;
  readonly hash: ValueHash;
  readonly version: number;
}

export interface Chart extends ChartSummary {
  readonly mermaid: string;
  readonly normal: JsonObject;
}

export interface Health {
  readonly consensus: {
    readonly leader: string | null;
    readonly mode: "single" | "raft";
    readonly role: "leader" | "follower";
    readonly term: number;
  };
  readonly durableIndex: number;
  /** Leaf hash of record 0: what a stranger pins. */
  readonly genesisHash?: LeafHash;
  readonly lastSnapshotHLC: string | null;
  readonly origin: string;
  readonly problems?: readonly string[];
  readonly rootHash: LeafHash;
  readonly status: "ok" | "degraded" | "fenced";
  readonly treeSize: number;
  /** C2SP verifier key of checkpoints: what a stranger pins. */
  readonly verifierKey?: string;
  readonly walLag: number;
}

export interface SessionChallenge {
  readonly challenge: string;
  /** ms since the epoch, by the server's clock. */
  readonly expires_at: number;
}

export interface Session {
  /** ms since the epoch, by the server's clock. */
  readonly expires_at: number;
  readonly token: string;
}

export interface EvidenceStored {
  readonly bytes: number;
  readonly hash: ValueHash;
  /** Secrets that were cut out before anything was kept; absent where there were none. */
  readonly redactions?: number;
}

/** A passage that was remembered; `cell` is −1 where it rests on disk alone. */
export interface KeptMemory {
  readonly cell: number;
  readonly hash: string;
  readonly hops: number;
}

export interface MemoriesKept {
  /** One for each passage, in order. */
  readonly items: readonly KeptMemory[];
}

export interface FoundMemory extends KeptMemory {
  /** Cosine to the query, in thousandths. */
  readonly likeness_permille: number;
  readonly source: string;
  readonly text: string;
  /** 1 at hand, 2 in a cell, 3 from disk. */
  readonly tier: 1 | 2 | 3;
}

/** Memories like a query, the most like first. */
export interface FoundMemories {
  /** Memories that could not be read, each with why. */
  readonly damaged?: readonly string[];
  readonly items: readonly FoundMemory[];
  readonly likeness_of: "words" | "meaning";
  readonly next: null;
}

/** An inclusion or consistency proof: hashes in base 64. */
export interface Proof {
  readonly hashes: readonly string[];
}

/** What a guard said; `instance`: where another one was moved by the same record. */
export interface DecisionOutcome extends Outcome {
  readonly instance?: string;
}

/** The explanation of one record (`bubble.dr.v1`). */
export interface DecisionRecord {
  readonly at: number;
  readonly derived_from: readonly LeafHash[];
  readonly evidence: readonly string[];
  readonly guard_outcomes: readonly DecisionOutcome[];
  readonly hlc: string;
  readonly id: string;
  readonly idem_key: string;
  readonly index: number;
  readonly influenced_by: readonly string[];
  readonly inputs_hash: ValueHash;
  readonly instance: string;
  readonly justification: string | null;
  readonly kind: "swoosh.transition";
  readonly reads: readonly { readonly hash: ValueHash; readonly instance: string }[];
  /** Fields that stand here as a salted commitment. */
  readonly redactions: readonly "justification"[];
  readonly schema: "bubble.dr.v1";
  readonly signer: string;
  readonly state_post_hash: ValueHash;
  readonly state_pre_hash: ValueHash;
  readonly transition: string;
  readonly ucxl: string;
  readonly window_id: string | null;
}
