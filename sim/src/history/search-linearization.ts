import { ABSENT_HASH, unreachable } from "@swoosh/kernel";
import type { Delivery, SmallHead, SmallHistory, SmallOp, SmallStep } from "./small-history.ts";

/** The search is exponential, and keeps what it has visited as bits of one number. */
export const SEARCHED_OPS_MAX = 20;

/**
 * Is there an order of these operations, each at one moment while it was under way, in which one after the other gives the
 * answers that were heard, and the log that was found? Tries all orders, and none twice from one place (Wing and Gong's
 * search with Lowe's memory; reliability §5, Differential).
 *
 * Needs nothing but the sequential rule. The log is read when all is over, so whatever an order appends must be the log's
 * next record; so a place is the set of what was done and the number of records.
 */
export function isLinearizable(history: SmallHistory): boolean {
  if (history.ops.length > SEARCHED_OPS_MAX)
    throw new Error(`${history.ops.length} operations; at most ${SEARCHED_OPS_MAX} are searched`);
  return new Search(history).run();
}

/** What the sequential object does: it answers, and may append. */
interface Outcome {
  readonly step: SmallStep;
  readonly size: number;
}

class Search {
  readonly #history: SmallHistory;
  readonly #visited = new Set<number>();

  constructor(history: SmallHistory) {
    this.#history = history;
  }

  run(): boolean {
    return this.#from(0, this.#history.begun);
  }

  /** `done`: a bit for each operation. */
  #from(done: number, size: number): boolean {
    const { log, ops } = this.#history;
    const left = ops.filter((_, place) => (done & (1 << place)) === 0);
    if (size === log.length && left.every(({ returned }) => returned === Infinity)) return true;
    const place = done * (log.length + 1) + size;
    if (this.#visited.has(place)) return false;
    this.#visited.add(place);
    const bound = Math.min(...left.map(({ returned }) => returned));
    return ops.some(
      (op, at) =>
        (done & (1 << at)) === 0 &&
        // Whatever ended before it was asked comes first.
        op.invoked <= bound &&
        this.#leadsOn(op, done | (1 << at), size),
    );
  }

  #leadsOn(op: SmallOp, done: number, size: number): boolean {
    const outcome = this.#take(op.step, size);
    if (outcome === null || !isHeard(op.step, outcome.step)) return false;
    return this.#from(done, outcome.size);
  }

  /** The sequential rule; null: what it appends is not what the log has there. */
  #take(step: SmallStep, size: number): Outcome | null {
    switch (step.kind) {
      case "propose":
        return this.#propose(step.delivery, size);
      case "read":
        return { step: { ...step, head: this.#head(step.instance, size) }, size };
      case "checkpoint":
        return { step: { ...step, size, root: this.#history.roots[size] ?? "" }, size };
      default:
        return unreachable(step);
    }
  }

  #propose(delivery: Delivery, size: number): Outcome | null {
    const { log } = this.#history;
    const kind = "propose";
    const known = log.slice(this.#history.begun, size).find(({ key }) => key === delivery.key);
    if (known?.operation === delivery.operation) {
      const { index, post } = known;
      const answer = { kind: "accepted", index, post, replayed: true } as const;
      return { step: { kind, delivery, answer }, size };
    }
    if (known !== undefined)
      return { step: { kind, delivery, answer: { kind: "conflict", since: known.index } }, size };
    const head = this.#head(delivery.instance, size)?.hash ?? ABSENT_HASH;
    if (delivery.pre !== head)
      return { step: { kind, delivery, answer: { kind: "stale", saw: delivery.pre, head } }, size };
    const next = log[size];
    if (next?.signature !== delivery.signature || next.index !== size) return null;
    const answer = { kind: "accepted", index: size, post: next.post, replayed: false } as const;
    return { step: { kind, delivery, answer }, size: size + 1 };
  }

  #head(instance: string, size: number): SmallHead | null {
    const last = this.#history.log.slice(0, size).findLast((one) => one.instance === instance);
    return last === undefined ? null : { index: last.index, hash: last.post };
  }
}

/** Is the answer that was heard the one that is given? */
function isHeard(heard: SmallStep, given: SmallStep): boolean {
  if (heard.kind === "propose" && given.kind === "propose")
    return heard.answer === null || isSame(heard.answer, given.answer);
  if (heard.kind === "read" && given.kind === "read") return isSame(heard.head, given.head);
  return isSame(heard, given);
}

function isSame(one: object | null, other: object | null): boolean {
  if (one === null || other === null) return one === other;
  const members = Object.entries(one);
  const found = new Map(Object.entries(other));
  return (
    members.length === found.size && members.every(([name, value]) => found.get(name) === value)
  );
}
