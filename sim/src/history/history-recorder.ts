import type {
  CheckpointOp,
  DecisionOp,
  HistoryOp,
  Moment,
  ProposeAnswer,
  ProposeOp,
  ReadOp,
  StreamOp,
} from "./history.ts";

/** Writes down what clients do and hear, in the order in which it happens. `clock` reads the server's time, ms. */
export class HistoryRecorder {
  readonly ops: HistoryOp[] = [];
  readonly #clock: () => number;
  /** Under way. */
  readonly #open = new Set<HistoryOp>();
  #moment: Moment = 0;

  /** `before`: what was done already, all of it over. */
  constructor(clock: () => number, before: readonly HistoryOp[] = []) {
    this.#clock = clock;
    this.ops.push(...before);
    for (const op of before) this.#moment = Math.max(this.#moment, lastMomentOf(op));
  }

  propose(process: string, request: string, dryRun = false): ProposeOp {
    return this.#opened({
      ...this.#begin(process),
      kind: "propose",
      request,
      dryRun,
      answer: null,
    });
  }

  read(process: string, instance: string): ReadOp {
    return this.#opened({ ...this.#begin(process), kind: "read", instance, answer: null });
  }

  checkpoint(process: string): CheckpointOp {
    return this.#opened({ ...this.#begin(process), kind: "checkpoint", answer: null });
  }

  decision(process: string, index: number): DecisionOp {
    return this.#opened({ ...this.#begin(process), kind: "decision", index, answer: null });
  }

  stream(process: string, from: number): StreamOp {
    return this.#opened({ ...this.#begin(process), kind: "stream", from, entries: [] });
  }

  proposed(op: ProposeOp, answer: ProposeAnswer): void {
    op.answer = answer;
    this.#end(op);
  }

  wasRead(op: ReadOp, answer: NonNullable<ReadOp["answer"]>): void {
    op.answer = answer;
    this.#end(op);
  }

  wasChecked(op: CheckpointOp, answer: NonNullable<CheckpointOp["answer"]>): void {
    op.answer = answer;
    this.#end(op);
  }

  wasDecided(op: DecisionOp, text: string): void {
    op.answer = text;
    this.#end(op);
  }

  heard(op: StreamOp, index: number, text: string): void {
    op.entries.push({ heard: this.#next(), index, text });
  }

  /** The clock of the server was set, or moved on: operations that are under way may have seen it. */
  clockMoved(): void {
    const now = this.#clock();
    for (const op of this.#open) widen(op, now);
  }

  #begin(process: string) {
    const now = this.#clock();
    const invoked = this.#next();
    const clock = [now];
    const returned: Moment | null = null;
    return { process, invoked, returned, clock };
  }

  #opened<Op extends HistoryOp>(op: Op): Op {
    this.ops.push(op);
    this.#open.add(op);
    return op;
  }

  #end(op: HistoryOp): void {
    this.#open.delete(op);
    widen(op, this.#clock());
    op.returned = this.#next();
  }

  #next(): Moment {
    this.#moment += 1;
    return this.#moment;
  }
}

function lastMomentOf(op: HistoryOp): Moment {
  const heard = op.kind === "stream" ? (op.entries.at(-1)?.heard ?? 0) : 0;
  return Math.max(op.invoked, op.returned ?? 0, heard);
}

function widen({ clock }: HistoryOp, now: number): void {
  if (!clock.includes(now)) clock.push(now);
}
