import {
  ABSENT_HASH,
  createTree,
  leafHash,
  type Hasher,
  type Json,
  type JsonObject,
} from "@swoosh/kernel";
import { OPEN_CODES, WORLDLY_CODES, type History, type HistoryOp } from "./history.ts";

/** One delivery of a proposal, as far as the sequential object looks at it. */
export interface Delivery {
  readonly key: string;
  readonly instance: string;
  /** The head that it must find. */
  readonly pre: string;
  /** Equal for what counts as one operation under a key. */
  readonly operation: string;
  /** Equal for the same bytes alone. */
  readonly signature: string;
}

/** A record of the log: the delivery that it holds, and the head that it made. */
export interface SmallRecord extends Delivery {
  readonly index: number;
  readonly post: string;
}

/** What was asked and what was heard of it. */
export type SmallStep =
  | {
      readonly kind: "propose";
      readonly delivery: Delivery;
      /** null: nobody knows. */
      readonly answer: SmallAnswer | null;
    }
  | { readonly kind: "read"; readonly instance: string; readonly head: SmallHead | null }
  | { readonly kind: "checkpoint"; readonly size: number; readonly root: string };

export type SmallAnswer =
  | {
      readonly kind: "accepted";
      readonly index: number;
      readonly replayed: boolean;
      readonly post: string;
    }
  /** Hashes: what the refusal says was proposed on, and what it says the instance has. */
  | { readonly kind: "stale"; readonly saw: string; readonly head: string }
  /** `since`: the record that the refusal says the key stands for. */
  | { readonly kind: "conflict"; readonly since: number }
  /** An answer that the sequential object never gives. */
  | { readonly kind: "other" };

export interface SmallHead {
  readonly index: number;
  readonly hash: string;
}

/** `returned` is infinite where nobody heard of an end: it may take effect whenever it likes, or never. */
export interface SmallOp {
  readonly invoked: number;
  readonly returned: number;
  readonly step: SmallStep;
}

export interface SmallHistory {
  readonly ops: readonly SmallOp[];
  readonly log: readonly SmallRecord[];
  /** Roots of the log's tree by its size. */
  readonly roots: readonly string[];
  /** Records that the engine made of itself before anybody asked for anything. */
  readonly begun: number;
}

/**
 * A history as the search sees it. Reads JSON and nothing else: no code of the checks that it is compared with. Answers that
 * say nothing of the state are left out.
 */
export function smallHistoryOf(hasher: Hasher, { log, ops }: History): SmallHistory {
  const records = log.map(recordOf);
  const tree = createTree(hasher);
  const roots = [tree.root()];
  for (const text of log) {
    tree.append(leafHash(hasher, text));
    roots.push(tree.root());
  }
  const begun = records.findIndex(({ transition }) => !transition.startsWith("@"));
  return {
    log: records,
    roots,
    begun: begun < 0 ? records.length : begun,
    ops: ops.flatMap((op) => {
      const step = stepOf(op);
      if (step === null) return [];
      const isOpen = step.kind === "propose" && step.answer === null;
      return [{ invoked: op.invoked, returned: isOpen ? Infinity : endOf(op), step }];
    }),
  };
}

function endOf({ returned }: HistoryOp): number {
  if (returned === null) throw new Error("an answer was heard at some moment");
  return returned;
}

/** null: it tells nothing. */
function stepOf(op: HistoryOp): SmallStep | null {
  switch (op.kind) {
    case "propose": {
      if (op.dryRun) throw new Error("the sequential object knows no dry runs");
      const delivery = deliveryOf(JSON.parse(op.request));
      const { answer } = op;
      if (answer === null) return { kind: "propose", delivery, answer: null };
      if (answer.kind === "accepted") {
        return { kind: "propose", delivery, answer: acceptedOf(answer) };
      }
      if (OPEN_CODES.has(answer.code)) return { kind: "propose", delivery, answer: null };
      if (WORLDLY_CODES.has(answer.code)) return null;
      return { kind: "propose", delivery, answer: refusalOf(answer) };
    }
    case "read": {
      const { answer, instance } = op;
      if (answer === null) return null;
      return { kind: "read", instance, head: answer === "absent" ? null : answer };
    }
    case "checkpoint":
      return op.answer === null ? null : { kind: "checkpoint", ...op.answer };
    default:
      throw new Error(`the sequential object knows no ${op.kind}`);
  }
}

/** Words and number are one answer; where they differ it is none. */
function acceptedOf(answer: {
  readonly index: number;
  readonly replayed: boolean;
  readonly text: string;
}): SmallAnswer {
  const { index, replayed, text } = answer;
  const told: JsonObject = JSON.parse(text);
  if (told["index"] !== index) return { kind: "other" };
  return { kind: "accepted", index, replayed, post: textOf(told, "state_post_hash") };
}

function refusalOf(answer: {
  readonly code: string;
  readonly reasons: readonly string[];
}): SmallAnswer {
  const words = answer.reasons.join(" ");
  if (answer.code === "stale_state") {
    const saw = /the proposal saw (\S+)/u.exec(words)?.[1];
    const head = /(?:the head is|its hash is) ([^;]+);/u.exec(words)?.[1];
    if (saw === undefined || head === undefined) return { kind: "other" };
    return { kind: "stale", saw, head };
  }
  const since = /since index (\d+);/u.exec(words)?.[1];
  if (answer.code !== "idem_conflict" || since === undefined) return { kind: "other" };
  return { kind: "conflict", since: Number(since) };
}

function recordOf(text: string): SmallRecord & { readonly transition: string } {
  const record: JsonObject = JSON.parse(text);
  const body = objectOf(record["proposal"]);
  return {
    ...deliveryOf({ ...body, signature: record["signature"] ?? "" }),
    index: Number(record["index"]),
    post: textOf(record, "post"),
    transition: textOf(body, "transition"),
  };
}

function deliveryOf(body: JsonObject): Delivery {
  const { current_state_hash: pre = ABSENT_HASH } = body;
  return {
    key: textOf(body, "idem_key"),
    instance: textOf(body, "instance"),
    pre: String(pre),
    operation: ["instance", "transition", "inputs_hash", "signer"]
      .map((field) => textOf(body, field))
      .join(" "),
    signature: textOf(body, "signature"),
  };
}

function textOf(object: JsonObject, field: string): string {
  const value = object[field];
  return typeof value === "string" ? value : "";
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : {};
}
