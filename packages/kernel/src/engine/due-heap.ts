import { assert } from "../invariant.ts";

interface Entry {
  readonly due: number;
  readonly instance: string;
}

/**
 * Earliest due of each instance, on one scale (ms, or beats). A binary heap with entries that may be out of date: the
 * map says which ones count, and the heap is swept when most of it does not.
 */
export class DueHeap {
  readonly #current = new Map<string, number>();
  #heap: Entry[] = [];

  /** Instances that have a due. */
  get count(): number {
    return this.#current.size;
  }

  set(instance: string, due: number | undefined): void {
    if (this.#current.get(instance) === due) return;
    if (due === undefined) {
      this.#current.delete(instance);
    } else {
      this.#current.set(instance, due);
      this.#push({ due, instance });
    }
    if (this.#heap.length > 2 * this.#current.size + 64) this.#sweep();
  }

  /** The least due of all. */
  get least(): number | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || this.#counts(first)) return first?.due;
      this.#pop();
    }
  }

  /** Every instance whose due is at most `bound`, with its due, in no order. Costs what it finds. */
  upTo(bound: number): readonly Entry[] {
    const found = new Map<string, Entry>();
    const open = [0];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const entry = this.#heap[at];
      if (entry === undefined || entry.due > bound) continue;
      if (this.#counts(entry)) found.set(entry.instance, entry);
      open.push(2 * at + 1, 2 * at + 2);
    }
    return [...found.values()];
  }

  #counts(entry: Entry): boolean {
    return this.#current.get(entry.instance) === entry.due;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.due <= entry.due) break;
      heap[at] = parent;
      heap[above] = entry;
      at = above;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const least = (heap[right]?.due ?? Infinity) < (heap[left]?.due ?? Infinity) ? right : left;
      const child = heap[least];
      if (child === undefined || child.due >= last.due) break;
      heap[at] = child;
      at = least;
    }
    heap[at] = last;
  }

  #sweep(): void {
    this.#heap = [];
    for (const [instance, due] of this.#current) this.#push({ due, instance });
    assert(this.#heap.length === this.#current.size, "one entry for each instance after a sweep");
  }
}
