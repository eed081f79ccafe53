import { canonicalize, type JsonObject } from "@swoosh/kernel";
import { DOCTORED_RECORDS } from "./doctored-records.ts";
import type { CheckName } from "./finding.ts";
import type {
  CheckpointOp,
  History,
  HistoryOp,
  ProposeAnswer,
  ProposeOp,
  ReadOp,
  StreamOp,
} from "./history.ts";

/** A sound history that may be doctored: its operations can be changed in place. */
export interface Draft {
  readonly ops: HistoryOp[];
  readonly log: string[];
}

/** One lie in a history, and the checks of which one at least must notice. */
export interface DoctoredHistory {
  readonly name: string;
  readonly found: readonly CheckName[];
  /** Tells the lie; false where this history has nothing to lie about. */
  doctor(draft: Draft): boolean;
}

type Accepted = Extract<ProposeAnswer, { kind: "accepted" }>;
type Refused = Extract<ProposeAnswer, { kind: "refused" }>;

export function draftOf({ log, ops }: History): Draft {
  return { ops: structuredClone([...ops]), log: [...log] };
}

const proposals = ({ ops }: Draft): ProposeOp[] => ops.filter((op) => op.kind === "propose");
const reads = ({ ops }: Draft): ReadOp[] => ops.filter((op) => op.kind === "read");
const checkpoints = ({ ops }: Draft): CheckpointOp[] =>
  ops.filter((op) => op.kind === "checkpoint");
const streams = ({ ops }: Draft, entriesMin: number): StreamOp[] =>
  ops.filter((op) => op.kind === "stream").filter(({ entries }) => entries.length >= entriesMin);

/** The last acknowledged proposal of its kind, with its answer. */
function lastAccepted(
  draft: Draft,
  kind: "dry" | "first" | "replayed",
): readonly [ProposeOp, Accepted] | undefined {
  for (const op of proposals(draft).toReversed()) {
    const { answer, dryRun } = op;
    if (answer?.kind !== "accepted") continue;
    const its = dryRun ? "dry" : answer.replayed ? "replayed" : "first";
    if (its === kind) return [op, answer];
  }
  return undefined;
}

function refusedWith(draft: Draft, code: string): readonly [ProposeOp, Refused] | undefined {
  for (const op of proposals(draft))
    if (op.answer?.kind === "refused" && op.answer.code === code) return [op, op.answer];
  return undefined;
}

/** Changes an acknowledgement. */
const accepting =
  (
    kind: "dry" | "first" | "replayed",
    change: (answer: Accepted, op: ProposeOp, draft: Draft) => ProposeAnswer,
  ) =>
  (draft: Draft): boolean => {
    const [op, answer] = lastAccepted(draft, kind) ?? [];
    if (op === undefined || answer === undefined) return false;
    op.answer = change(answer, op, draft);
    return true;
  };

/** Changes a refusal. */
const refusing =
  (code: string, change: (answer: Refused, draft: Draft) => ProposeAnswer) =>
  (draft: Draft): boolean => {
    const [op, answer] = refusedWith(draft, code) ?? [];
    if (op === undefined || answer === undefined) return false;
    op.answer = change(answer, draft);
    return true;
  };

/** Instead of its first acknowledgement, and of every later one, a key is refused. */
const refusedInstead =
  (code: string) =>
  (draft: Draft): boolean => {
    const [, answer] = lastAccepted(draft, "first") ?? [];
    if (answer === undefined) return false;
    for (const op of proposals(draft))
      if (op.answer?.kind === "accepted" && op.answer.index === answer.index)
        op.answer = { kind: "refused", code, guard: null, reasons: ["doctored"], outcomes: [] };
    return true;
  };

const streaming =
  (entriesMin: number, change: (op: StreamOp) => void) =>
  (draft: Draft): boolean => {
    const [op] = streams(draft, entriesMin);
    if (op !== undefined) change(op);
    return op !== undefined;
  };

const checking =
  (change: (answer: NonNullable<CheckpointOp["answer"]>) => CheckpointOp["answer"]) =>
  (draft: Draft): boolean => {
    const op = checkpoints(draft).at(-1);
    if (op === undefined || op.answer === null) return false;
    op.answer = change(op.answer);
    return true;
  };

/** Changes the last read that found something. */
const reading =
  (
    change: (
      answer: { readonly index: number; readonly hash: string },
      op: ReadOp,
    ) => ReadOp["answer"],
  ) =>
  (draft: Draft): boolean => {
    const op = reads(draft).findLast(({ answer }) => answer !== null && answer !== "absent");
    if (op === undefined || op.answer === null || op.answer === "absent") return false;
    op.answer = change(op.answer, op);
    return true;
  };

const rewriting =
  (change: (record: JsonObject) => JsonObject) =>
  (draft: Draft): boolean => {
    const at = draft.log.length - 1;
    const record: JsonObject = JSON.parse(draft.log[at] ?? "{}");
    draft.log[at] = canonicalize(change(record));
    return true;
  };

const ELSE = `sha256-${"e".repeat(64)}`;
const LOG_CHECKS: readonly CheckName[] = ["chain", "durability", "exactly once"];

export const DOCTORED_HISTORIES: readonly DoctoredHistory[] = [
  // The log.
  {
    name: "an acknowledged record is gone",
    found: ["durability"],
    doctor: ({ log }) => log.pop() !== undefined,
  },
  {
    name: "two records changed places",
    found: ["chain"],
    doctor: ({ log }) => {
      const [one = "", other = ""] = log.splice(-2);
      log.push(other, one);
      return true;
    },
  },
  {
    name: "a record is there twice",
    found: ["chain"],
    doctor: ({ log }) => log.push(log.at(-1) ?? "") > 0,
  },
  {
    name: "a record is no record",
    found: ["chain"],
    doctor: ({ log }) => log.push("{}") > 0,
  },
  {
    name: "a record has another time",
    found: LOG_CHECKS,
    doctor: rewriting((record) => ({ ...record, at: Number(record["at"]) + 1 })),
  },
  {
    name: "a record says that another guard held",
    found: LOG_CHECKS,
    doctor: rewriting((record) => ({
      ...record,
      outcomes: [{ guard: "x", ok: true, reasons: [] }],
    })),
  },
  {
    name: "a record leads to another state",
    found: LOG_CHECKS,
    doctor: rewriting((record) => ({ ...record, post: ELSE })),
  },
  {
    name: "a record has another signature",
    found: LOG_CHECKS,
    doctor: rewriting((record) => ({ ...record, signature: "A".repeat(86) })),
  },
  {
    name: "a record was proposed by nobody",
    found: ["durability"],
    doctor: (draft) => {
      const [, answer] = lastAccepted(draft, "first") ?? [];
      const left = draft.ops.filter(
        (op) =>
          op.kind !== "propose" ||
          op.answer?.kind !== "accepted" ||
          op.answer.index !== answer?.index,
      );
      draft.ops.splice(0, draft.ops.length, ...left);
      return answer !== undefined;
    },
  },
  // Acknowledgements.
  {
    name: "an answer names the record before",
    found: ["exactly once"],
    doctor: accepting("first", (answer) => ({ ...answer, index: answer.index - 1 })),
  },
  {
    name: "an answer names a record that will never be",
    found: ["exactly once", "real time"],
    doctor: accepting("first", (answer, _, { log }) => ({ ...answer, index: log.length + 5 })),
  },
  {
    name: "an answer differs in one byte",
    found: ["exactly once"],
    doctor: accepting("first", (answer) => ({ ...answer, text: answer.text.replace("e", "E") })),
  },
  {
    name: "a second delivery got other bytes than the first",
    found: ["exactly once"],
    doctor: accepting("replayed", (answer) => ({ ...answer, text: `${answer.text} ` })),
  },
  {
    name: "a second delivery was answered as the first",
    found: ["exactly once", "real time"],
    doctor: accepting("replayed", (answer) => ({ ...answer, replayed: false })),
  },
  {
    name: "nobody was the first",
    found: ["unknowns"],
    doctor: accepting("first", (answer) => ({ ...answer, replayed: true })),
  },
  {
    name: "an acknowledgement for another operation under the key",
    found: ["durability", "exactly once", "unknowns"],
    doctor: (draft) => {
      const [op] = lastAccepted(draft, "first") ?? [];
      if (op === undefined) return false;
      const request: JsonObject = JSON.parse(op.request);
      const changed = canonicalize({ ...request, transition: "Order_Other" });
      draft.ops[draft.ops.indexOf(op)] = { ...op, request: changed };
      return true;
    },
  },
  {
    name: "recorded, but told that it is not enabled",
    found: ["refusals", "unknowns"],
    doctor: refusedInstead("not_enabled"),
  },
  {
    name: "recorded, but told to come again",
    found: ["unknowns"],
    doctor: refusedInstead("overloaded"),
  },
  {
    name: "refused, but told that it is recorded",
    found: ["durability", "exactly once", "real time", "refusals"],
    doctor: refusing("forbidden", (_, { log }) => ({
      kind: "accepted",
      index: log.length - 1,
      replayed: false,
      text: "{}",
    })),
  },
  {
    name: "a dry run promised another record",
    found: ["refusals"],
    doctor: accepting("dry", (answer) => ({
      ...answer,
      text: answer.text.replace("sha256-", "sha256-0"),
    })),
  },
  // Time.
  {
    name: "a record is older than its first delivery",
    found: ["real time"],
    doctor: (draft) => {
      // The very first one: everything behind it in the log was shown before it is sent.
      const [first] = proposals(draft);
      if (first === undefined) return false;
      const invoked = 1_000_000;
      draft.ops[draft.ops.indexOf(first)] = { ...first, invoked, returned: invoked + 1 };
      return true;
    },
  },
  {
    name: "an answer was heard before others were sent that come before it",
    found: ["real time"],
    doctor: (draft) => {
      const [op] = lastAccepted(draft, "first") ?? [];
      if (op === undefined) return false;
      draft.ops[draft.ops.indexOf(op)] = { ...op, invoked: 1, returned: 2 };
      return true;
    },
  },
  // Refusals.
  {
    name: "a refusal names another guard",
    found: ["refusals"],
    doctor: refusing("guard_failed", (answer) => ({ ...answer, guard: "luck" })),
  },
  {
    name: "a refusal has other reasons",
    found: ["refusals"],
    doctor: refusing("forbidden", (answer) => ({ ...answer, reasons: ["because"] })),
  },
  {
    name: "a refusal keeps an outcome to itself",
    found: ["refusals"],
    doctor: refusing("guard_failed", (answer) => ({ ...answer, outcomes: [] })),
  },
  {
    name: "a refusal has another code",
    found: ["refusals"],
    doctor: refusing("forbidden", (answer) => ({ ...answer, code: "ended" })),
  },
  {
    name: "what is right is said to be stale",
    found: ["refusals"],
    doctor: refusing("unknown_instance", (answer) => ({ ...answer, code: "stale_state" })),
  },
  {
    name: "a sound signature is said to be bad",
    found: ["refusals"],
    doctor: refusing("forbidden", (answer) => ({ ...answer, code: "bad_signature" })),
  },
  {
    name: "a good clock is said to be ahead",
    found: ["refusals"],
    doctor: refusing("forbidden", (answer) => ({ ...answer, code: "clock_ahead" })),
  },
  {
    name: "a well-formed proposal is said to be malformed",
    found: ["refusals"],
    doctor: refusing("forbidden", (answer) => ({ ...answer, code: "malformed" })),
  },
  {
    name: "a fresh key is said to be used",
    found: ["refusals"],
    doctor: refusing("forbidden", (answer) => ({ ...answer, code: "idem_conflict" })),
  },
  // Reads and tree heads.
  {
    name: "a read gives a state that never was",
    found: ["reads"],
    doctor: reading((answer) => ({ ...answer, hash: ELSE })),
  },
  {
    name: "a read gives the right state under another index",
    found: ["reads"],
    doctor: reading((answer) => ({ ...answer, index: answer.index - 1 })),
  },
  {
    name: "a read does not find what is there",
    found: ["reads"],
    doctor: reading(() => "absent"),
  },
  {
    name: "a read finds the state of another instance",
    found: ["reads"],
    doctor: (draft) => {
      const op = reads(draft).find(({ answer }) => answer !== null && answer !== "absent");
      if (op === undefined) return false;
      draft.ops[draft.ops.indexOf(op)] = { ...op, instance: "order/other" };
      return true;
    },
  },
  {
    name: "a read gives what was long ago",
    found: ["reads"],
    doctor: (draft) => {
      const newest = new Map<string, ReadOp>();
      for (const op of reads(draft)) {
        const before = newest.get(op.instance);
        if (before !== undefined && isOlder(before, op)) {
          op.answer = before.answer;
          return true;
        }
        newest.set(op.instance, op);
      }
      return false;
    },
  },
  {
    name: "a tree head has another root",
    found: ["records"],
    doctor: checking(({ size }) => ({ size, root: "e".repeat(64) })),
  },
  {
    name: "a tree head is ahead of the log",
    found: ["real time", "records"],
    doctor: checking(({ root, size }) => ({ root, size: size + 1 })),
  },
  {
    name: "a tree head forgets a record",
    found: ["records"],
    doctor: checking(({ root, size }) => ({ root, size: size - 1 })),
  },
  // Streams.
  {
    name: "a stream leaves out a record",
    found: ["streams"],
    doctor: streaming(3, ({ entries }) => void entries.splice(1, 1)),
  },
  {
    name: "a stream gives a record twice",
    found: ["streams"],
    doctor: streaming(2, ({ entries }) => void entries.splice(1, 0, ...entries.slice(0, 1))),
  },
  {
    name: "a stream goes back",
    found: ["streams"],
    doctor: streaming(3, ({ entries }) => void entries.reverse()),
  },
  {
    name: "a stream gives another record than the log",
    found: ["streams"],
    doctor: streaming(2, ({ entries }) => {
      const [one] = entries;
      if (one !== undefined) entries[0] = { ...one, text: `${one.text} ` };
    }),
  },
  {
    name: "a stream begins elsewhere than it was asked to",
    found: ["streams"],
    doctor: streaming(3, ({ entries }) => void entries.shift()),
  },
  {
    name: "a stream gives a record before it was proposed",
    found: ["real time", "streams"],
    doctor: (draft) => {
      const op = streams(draft, 1).find(({ entries }) => (entries.at(-1)?.index ?? 0) > 7);
      const last = op?.entries.at(-1);
      if (op === undefined || last === undefined) return false;
      op.entries[op.entries.length - 1] = { ...last, heard: 1 };
      return true;
    },
  },
  ...DOCTORED_RECORDS,
];

function isOlder(before: ReadOp, op: ReadOp): boolean {
  if (before.answer === null || op.answer === null) return false;
  if (op.answer === "absent") return false;
  return before.answer === "absent" || before.answer.index < op.answer.index;
}
