import type {
  CheckpointOp,
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
  #moment: Moment = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  propose(process: string, request: string, dryRun = false): ProposeOp {
    return this.#open({ ...this.#begin(process), kind: "propose", request, dryRun, answer: null });
  }

  read(process: string, instance: string): ReadOp {
    return this.#open({ ...this.#begin(process), kind: "read", instance, answer: null });
  }

  checkpoint(process: string): CheckpointOp {
    return this.#open({ ...this.#begin(process), kind: "checkpoint", answer: null });
  }

  stream(process: string, from: number): StreamOp {
    return this.#open({ ...this.#begin(process), kind: "stream", from, entries: [] });
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

  heard(op: StreamOp, index: number, text: string): void {
    op.entries.push({ heard: this.#next(), index, text });
  }

  /** The clock of the server was set, or moved on: operations that are under way may have seen it. */
  clockMoved(): void {
    const now = this.#clock();
    for (const op of this.ops) if (op.returned === null) widen(op, now);
  }

  #begin(process: string) {
    const now = this.#clock();
    const invoked = this.#next();
    const clock = { from: now, to: now };
    const returned: Moment | null = null;
    return { process, invoked, returned, clock };
  }

  #open<Op extends HistoryOp>(op: Op): Op {
    this.ops.push(op);
    return op;
  }

  #end(op: HistoryOp): void {
    widen(op, this.#clock());
    op.returned = this.#next();
  }

  #next(): Moment {
    this.#moment += 1;
    return this.#moment;
  }
}

function widen(op: HistoryOp, now: number): void {
  op.clock.from = Math.min(op.clock.from, now);
  op.clock.to = Math.max(op.clock.to, now);
}
