import { assert } from "../invariant.ts";
import { IDEMPOTENCY_ENTRIES_MAX } from "../limits.ts";
import type { KeyDigest } from "./key-digest.ts";
import type { KeyIndex } from "./ports.ts";

/** Words of one slot: four of the key's digest, then the record's index + 1 (0 = empty slot). */
const SLOT_WORDS = 5;
const SLOTS_MIN = 1_024;

/**
 * `KeyIndex` in memory: digests of keys and record indexes in one typed array (open addressing, at most 3/4 full, doubled
 * when it would be more), 27 to 53 bytes a record, nothing for the garbage collector to look at. Holds durable records only.
 *
 * I1: a key is added once (K6). I2: what was added is found for ever. I3: records before `from` are somebody else's.
 */
export class IdempotencyIndex implements KeyIndex {
  #slots: Uint32Array;
  #mask: number;
  #count = 0;
  #size: number;

  constructor(from = 0) {
    this.#slots = new Uint32Array(SLOTS_MIN * SLOT_WORDS);
    this.#mask = SLOTS_MIN - 1;
    this.#size = from;
  }

  get size(): number {
    return this.#size;
  }

  /** Keys in it. */
  get count(): number {
    return this.#count;
  }

  /** Bytes that it holds in memory. */
  get bytes(): number {
    return this.#slots.byteLength;
  }

  find(digest: KeyDigest): number | undefined {
    const stored = this.#slots[this.#slotOf(digest) + 4] ?? 0;
    return stored === 0 ? undefined : stored - 1;
  }

  add(digest: KeyDigest | null): void {
    const index = this.#size;
    assert(index < IDEMPOTENCY_ENTRIES_MAX, `I2: index ${index} fits a slot`);
    this.#size += 1;
    if (digest === null) return;
    const slot = this.#slotOf(digest);
    const stored = this.#slots[slot + 4] ?? 0;
    assert(stored === 0, `K6: records ${stored - 1} and ${index} have one idempotency key`);
    this.#slots.set(digest, slot);
    this.#slots[slot + 4] = index + 1;
    this.#count += 1;
    if (this.#count * 4 > (this.#mask + 1) * 3) this.#grow();
  }

  /** Calls `visit` for every key, in no order. The digest is lent: it is another one at the next call. */
  forEach(visit: (digest: KeyDigest, index: number) => void): void {
    for (let at = 0; at < this.#slots.length; at += SLOT_WORDS) {
      const stored = this.#slots[at + 4] ?? 0;
      if (stored !== 0) visit(this.#slots.subarray(at, at + 4), stored - 1);
    }
  }

  /** Offset of the digest's slot, or of the empty one where it belongs. */
  #slotOf(digest: Uint32Array): number {
    const slots = this.#slots;
    let number = (digest[0] ?? 0) & this.#mask;
    for (;;) {
      const at = number * SLOT_WORDS;
      if (slots[at + 4] === 0) return at;
      if (
        slots[at] === digest[0] &&
        slots[at + 1] === digest[1] &&
        slots[at + 2] === digest[2] &&
        slots[at + 3] === digest[3]
      )
        return at;
      number = (number + 1) & this.#mask;
    }
  }

  #grow(): void {
    const old = this.#slots;
    const size = (this.#mask + 1) * 2;
    this.#slots = new Uint32Array(size * SLOT_WORDS);
    this.#mask = size - 1;
    for (let at = 0; at < old.length; at += SLOT_WORDS) {
      if (old[at + 4] === 0) continue;
      const entry = old.subarray(at, at + SLOT_WORDS);
      this.#slots.set(entry, this.#slotOf(entry));
    }
  }
}
