import {
  answerOfRecord,
  canonicalize,
  decodeRecord,
  leafHash,
  type JsonObject,
} from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";
import type { DoctoredHistory, Draft } from "./doctored-histories.ts";
import type { DecisionOp, HistoryOp } from "./history.ts";

/** Changes a decision record that somebody read, of a record that has `field` other than empty. */
const deciding =
  (field: string, change: (decision: JsonObject, op: DecisionOp, draft: Draft) => JsonObject) =>
  (draft: Draft): boolean => {
    for (const op of draft.ops) {
      if (op.kind !== "decision" || op.answer === null) continue;
      const decision: JsonObject = JSON.parse(op.answer);
      const value = decision[field];
      if (value === null || (Array.isArray(value) && value.length === 0)) continue;
      op.answer = canonicalize(change(decision, op, draft));
      return true;
    }
    return false;
  };

/** Lies about what stands behind a record: why it was accepted, and who signed it. */
export const DOCTORED_RECORDS: readonly DoctoredHistory[] = [
  // Why a record was accepted.
  {
    name: "a decision leaves out a guard",
    found: ["records"],
    doctor: deciding("guard_outcomes", (decision) => ({ ...decision, guard_outcomes: [] })),
  },
  {
    name: "a decision names another role",
    found: ["records"],
    doctor: deciding("ucxl", (decision) => ({
      ...decision,
      ucxl: String(decision["ucxl"]).replace(/swoosh:[^@]*@/u, "swoosh:nobody@"),
    })),
  },
  {
    name: "a decision comes from elsewhere",
    found: ["records"],
    doctor: deciding("derived_from", (decision) => ({ ...decision, derived_from: [] })),
  },
  {
    name: "a decision is of another record",
    found: ["records"],
    doctor: (draft) => {
      const [one, other] = draft.ops.filter((op) => op.kind === "decision" && op.answer !== null);
      if (one?.kind !== "decision" || other?.kind !== "decision") return false;
      if (one.answer === other.answer) return false;
      one.answer = other.answer;
      return true;
    },
  },
  {
    name: "a decision is told before its record was proposed",
    found: ["records", "real time"],
    doctor: (draft) => {
      const op = draft.ops.findLast((one) => one.kind === "decision" && one.answer !== null);
      if (op?.kind !== "decision") return false;
      draft.ops[draft.ops.indexOf(op)] = {
        ...op,
        index: draft.log.length - 1,
        invoked: 1,
        returned: 2,
      };
      return true;
    },
  },
  {
    name: "a record that nobody signed, and everybody was told of",
    found: ["records"],
    doctor: forged,
  },
];

/** The last record, its delivery, and all that was ever said of it agree; but the signature is nobody's. */
function forged(draft: Draft): boolean {
  const at = draft.log.length - 1;
  const decoded = decodeRecord(draft.log[at] ?? "");
  if (!decoded.ok || decoded.record.proposal.transition.startsWith("@")) return false;
  const { record } = decoded;
  const signature = `${record.signature.startsWith("A") ? "B" : "A"}${record.signature.slice(1)}`;
  const body: JsonObject = JSON.parse(draft.log[at] ?? "{}");
  const text = canonicalize({ ...body, signature });
  draft.log[at] = text;
  const told = answerOfRecord({ ...record, signature }, leafHash(nodeHasher, text));
  const retold = (op: HistoryOp): HistoryOp => {
    switch (op.kind) {
      case "propose": {
        if (!op.request.includes(record.signature)) return op;
        const isTold = op.answer?.kind === "accepted" && !op.dryRun;
        const answer =
          isTold && op.answer?.kind === "accepted" ? { ...op.answer, text: told } : op.answer;
        return { ...op, request: op.request.replace(record.signature, signature), answer };
      }
      case "checkpoint":
        return op.answer !== null && op.answer.size > at ? { ...op, answer: null } : op;
      case "decision":
        return op.index === at ? { ...op, answer: null } : op;
      case "stream":
        return {
          ...op,
          entries: op.entries.map((entry) => (entry.index === at ? { ...entry, text } : entry)),
        };
      default:
        return op;
    }
  };
  draft.ops.splice(0, draft.ops.length, ...draft.ops.map(retold));
  return true;
}
