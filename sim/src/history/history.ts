import type { Outcome } from "@swoosh/kernel";

/** Place of an event in the one order in which all events of a history were seen: an integer that grows. */
export type Moment = number;

/** What every operation of a client has. A process has one operation under way at most; after an unknown end it is never used again. */
interface Underway {
  /** Who asked: a client's name. */
  readonly process: string;
  /** Before it was sent. */
  readonly invoked: Moment;
  /** After its answer was heard; null: it never was. */
  returned: Moment | null;
  /** Readings of the server's clock while it was under way, ms, as far as they are known. */
  readonly clock: number[];
}

/** What a proposal was answered; `text` is the body of the 202, byte for byte. */
export type ProposeAnswer =
  | {
      readonly kind: "accepted";
      readonly index: number;
      readonly replayed: boolean;
      readonly text: string;
    }
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly guard: string | null;
      readonly reasons: readonly string[];
      readonly outcomes: readonly Outcome[];
    };

/** One delivery of a proposal. Deliveries with one key are one operation, or should be. */
export interface ProposeOp extends Underway {
  readonly kind: "propose";
  /** The body as it was sent. */
  readonly request: string;
  readonly dryRun: boolean;
  answer: ProposeAnswer | null;
}

export interface ReadOp extends Underway {
  readonly kind: "read";
  readonly instance: string;
  /** `absent`: there was no such instance. */
  answer: "absent" | { readonly index: number; readonly hash: string } | null;
}

export interface CheckpointOp extends Underway {
  readonly kind: "checkpoint";
  answer: { readonly size: number; readonly root: string } | null;
}

export interface StreamEntry {
  readonly heard: Moment;
  readonly index: number;
  readonly text: string;
}

/** One connection to the stream of records. */
export interface StreamOp extends Underway {
  readonly kind: "stream";
  /** First index that was asked for. */
  readonly from: number;
  readonly entries: StreamEntry[];
}

/** A reader asked why record `index` was accepted. */
export interface DecisionOp extends Underway {
  readonly kind: "decision";
  readonly index: number;
  /** The decision record, canonical JSON. */
  answer: string | null;
}

export type HistoryOp = ProposeOp | ReadOp | CheckpointOp | StreamOp | DecisionOp;

/** All that clients did and heard, and the log as it was found in the end. */
export interface History {
  readonly ops: readonly HistoryOp[];
  /** Texts of all records. */
  readonly log: readonly string[];
}

/** Answers that say nothing of the state: the world's failure, after which a client may ask again. */
export const WORLDLY_CODES: ReadonlySet<string> = new Set([
  "fenced",
  "not_leader",
  "overloaded",
  "rate_limited",
]);

/** After these nobody knows whether the proposal was recorded. */
export const OPEN_CODES: ReadonlySet<string> = new Set(["fenced", "not_leader"]);
