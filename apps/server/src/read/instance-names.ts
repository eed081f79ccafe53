import { compareUtf16 } from "@swoosh/kernel";
import type { ReadSource } from "./read-source.ts";

/**
 * Names of all instances, sorted by UTF-16 units. Owns the sorted list; takes in at each question what was created since
 * the last one. Instances are never taken away.
 */
export class InstanceNames {
  readonly #source: ReadSource;
  #sorted: string[] = [];

  constructor(source: ReadSource) {
    this.#source = source;
  }

  /** The sorted list as of now; do not keep it. */
  sorted(): readonly string[] {
    const fresh = [...this.#source.instances(this.#sorted.length)].sort(compareUtf16);
    if (fresh.length > 0) this.#sorted = merged(this.#sorted, fresh);
    return this.#sorted;
  }
}

/** Position of the first name behind `name` in a sorted list. */
export function placeBehind(sorted: readonly string[], name: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareUtf16(sorted[middle] ?? "", name) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merged(left: readonly string[], right: readonly string[]): string[] {
  const all: string[] = [];
  let at = 0;
  for (const name of left) {
    for (
      let next = right[at];
      next !== undefined && compareUtf16(next, name) < 0;
      next = right[at]
    ) {
      all.push(next);
      at += 1;
    }
    all.push(name);
  }
  for (; at < right.length; at += 1) all.push(right[at] ?? "");
  return all;
}
