import type { SeededRandom } from "@swoosh/kernel/testing";
import type { History, HistoryOp } from "./history.ts";
import type { SmallMachine } from "./small-machine.ts";

/** One change of a small history; what comes out may still be true. Gives null where there is nothing to change. */
type Lie = (draft: {
  readonly ops: readonly HistoryOp[];
  readonly log: readonly string[];
  readonly machine: SmallMachine;
  readonly random: SeededRandom;
}) => Promise<History | null>;

/** Lies that keep the log a log: each record follows from those before it. What breaks that is `doctored-histories.ts`'s. */
export const SMALL_LIES: Readonly<Record<string, Lie>> = {
  "was under way at another time": async ({ log, ops, random }) => {
    const op = random.pick(ops);
    if (op === undefined) return null;
    const end = 2 * ops.length + 1;
    const invoked = random.below(end) + 0.25;
    const returned = op.returned === null ? null : invoked + random.below(end) + 0.5;
    return { log, ops: replaced(ops, op, { ...op, invoked, returned }) };
  },
  "was asked later": async ({ log, ops, random }) => {
    const op = random.pick(ops);
    if (op === undefined) return null;
    const room = (op.returned ?? 3 * ops.length) - op.invoked;
    const invoked = op.invoked + random.below(room) + 0.75;
    const later = op.returned !== null && invoked >= op.returned ? op.invoked : invoked;
    return { log, ops: replaced(ops, op, { ...op, invoked: later }) };
  },
  "ended earlier": async ({ log, ops, random }) => {
    const op = random.pick(ops.filter(({ returned }) => returned !== null));
    if (op === undefined || op.returned === null) return null;
    const returned = op.invoked + random.below(op.returned - op.invoked) + 0.375;
    return {
      log,
      ops: replaced(ops, op, { ...op, returned: Math.max(returned, op.invoked + 0.125) }),
    };
  },
  "was answered as at another size": async ({ log, machine, ops, random }) => {
    const op = random.pick(ops.filter(({ returned }) => returned !== null));
    if (op === undefined) return null;
    const size = machine.anySize(random);
    return { log, ops: replaced(ops, op, await answeredAt(op, size, machine)) };
  },
  "changed answers with another": async ({ log, ops, random }) => {
    const op = random.pick(ops.filter(({ returned }) => returned !== null));
    const others = ops.filter(
      (one) => one !== op && one.kind === op?.kind && one.returned !== null,
    );
    const other = random.pick(others);
    if (op === undefined || other === undefined) return null;
    const swapped = replaced(ops, op, answeredLike(op, other));
    return { log, ops: replaced(swapped, other, answeredLike(other, op)) };
  },
  "was the first, or was not": async ({ log, ops, random }) => {
    const op = random.pick(
      ops.filter((one) => one.kind === "propose" && one.answer?.kind === "accepted"),
    );
    if (op?.kind !== "propose" || op.answer?.kind !== "accepted") return null;
    const answer = { ...op.answer, replayed: !op.answer.replayed };
    return { log, ops: replaced(ops, op, { ...op, answer }) };
  },
  "was never heard": async ({ log, ops, random }) => {
    const op = random.pick(ops.filter(({ returned }) => returned !== null));
    if (op === undefined) return null;
    return { log, ops: replaced(ops, op, unheard(op)) };
  },
  "was never asked": async ({ log, ops, random }) => {
    const op = random.pick(ops);
    return op === undefined ? null : { log, ops: ops.filter((one) => one !== op) };
  },
  "was heard, though it never was": async ({ log, machine, ops, random }) => {
    const op = random.pick(ops.filter(({ returned }) => returned === null));
    if (op === undefined) return null;
    const returned = op.invoked + random.below(2 * ops.length) + 0.625;
    const size = machine.anySize(random);
    const answered = await answeredAt({ ...op, returned }, size, machine);
    return { log, ops: replaced(ops, op, answered) };
  },
  "is not in the log, which ends before": async ({ log, machine, ops, random }) => {
    if (machine.size === machine.begun) return null;
    return {
      ops,
      log: log.slice(0, log.length - 1 - random.below(Math.min(2, log.length - machine.begun))),
    };
  },
};

function replaced(
  ops: readonly HistoryOp[],
  op: HistoryOp,
  other: HistoryOp,
): readonly HistoryOp[] {
  return ops.map((one) => (one === op ? other : one));
}

/** The answer that a machine with so many records gives. */
async function answeredAt(op: HistoryOp, size: number, machine: SmallMachine): Promise<HistoryOp> {
  switch (op.kind) {
    case "propose": {
      const { answer } = await machine.foresee(op, { size });
      return { ...op, answer };
    }
    case "read":
      return { ...op, answer: machine.read(op.instance, size) };
    case "checkpoint":
      return { ...op, answer: machine.checkpoint(size) };
    default:
      return op;
  }
}

function answeredLike(op: HistoryOp, other: HistoryOp): HistoryOp {
  if (op.kind === "propose" && other.kind === "propose") return { ...op, answer: other.answer };
  if (op.kind === "read" && other.kind === "read") return { ...op, answer: other.answer };
  if (op.kind === "checkpoint" && other.kind === "checkpoint")
    return { ...op, answer: other.answer };
  return op;
}

function unheard(op: HistoryOp): HistoryOp {
  if (op.kind === "propose" || op.kind === "read" || op.kind === "checkpoint")
    return { ...op, answer: null, returned: null };
  return op;
}
