import { assert } from "@swoosh/kernel";
import { MARK_RECORDS } from "./limits.ts";

/** Bytes of a segment that hold some records, and the index of the first record in them. */
export interface MarkedRange {
  readonly index: number;
  readonly start: number;
  readonly stop: number;
}

/** Where the records of one segment lie: the frame of every sixteenth. M1: marks are noted in order of index. */
export class RecordMarks {
  readonly #firstIndex: number;
  readonly #offsets: number[];

  /** `offsets`: those that are known already. */
  constructor(firstIndex: number, offsets: Iterable<number> = []) {
    this.#firstIndex = firstIndex;
    this.#offsets = [...offsets];
  }

  /** Of the frames of every sixteenth record, from the first on. */
  get offsets(): readonly number[] {
    return this.#offsets;
  }

  note(index: number, offset: number): void {
    const position = index - this.#firstIndex;
    if (position % MARK_RECORDS !== 0) return;
    assert(this.#offsets.length === position / MARK_RECORDS, "M1: no mark is left out");
    this.#offsets.push(offset);
  }

  /** The range that holds records `from` … `to` − 1, of a segment whose records end at `end`. */
  range(from: number, to: number, end: number): MarkedRange {
    const first = Math.floor((from - this.#firstIndex) / MARK_RECORDS);
    const last = Math.ceil((to - this.#firstIndex) / MARK_RECORDS);
    const start = this.#offsets[first];
    assert(from < to && start !== undefined, `M1: record ${from} has a mark before it`);
    return {
      index: this.#firstIndex + first * MARK_RECORDS,
      start,
      stop: this.#offsets[last] ?? end,
    };
  }
}
