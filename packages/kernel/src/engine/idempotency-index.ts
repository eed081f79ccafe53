import type { Hasher } from "../hash.ts";
import { assert } from "../invariant.ts";
import { IDEMPOTENCY_ENTRIES_MAX } from "../limits.ts";

/** Words of one slot: four of the key's digest, then the record's index + 1 (0 = empty slot). */
const SLOT_WORDS = 5;
const SLOTS_MIN = 1_024;

/**
 * Which record an idempotency key led to. Owns 16-byte digests of keys and record indexes in one typed array (open
 * addressing, at most 3/4 full, doubled when it would be more): about 35 bytes a record, nothing for the garbage
 * collector to look at. Holds durable records only, and can always be rebuilt from them.
 *
 * I1: a key is added once (K6). I2: what was added is found for ever.
 * Two keys with one digest would be taken for each other; with SHA-256 cut to 128 bits nobody can make such a pair for
 * less than 2^64 work, and the record itself is looked at before an answer is made of it.
 */
export class IdempotencyIndex {
  readonly #hasher: Hasher;
  #slots: Uint32Array;
  #mask: number;
  #count = 0;

  constructor(hasher: Hasher) {
    this.#hasher = hasher;
    this.#slots = new Uint32Array(SLOTS_MIN * SLOT_WORDS);
    this.#mask = SLOTS_MIN - 1;
  }

  /** Keys in it. */
  get count(): number {
    return this.#count;
  }

  /** Bytes that it holds in memory. */
  get bytes(): number {
    return this.#slots.byteLength;
  }

  /** Index of the record that this key led to, or undefined. */
  find(key: string): number | undefined {
    const stored = this.#slots[this.#slotOf(this.#digest(key)) + 4] ?? 0;
    return stored === 0 ? undefined : stored - 1;
  }

  add(key: string, index: number): void {
    assert(
      Number.isSafeInteger(index) && index >= 0 && index < IDEMPOTENCY_ENTRIES_MAX,
      `I2: index ${index} fits a slot`,
    );
    const digest = this.#digest(key);
    const slot = this.#slotOf(digest);
    assert(this.#slots[slot + 4] === 0, `K6: one record for each idempotency key: ${key}`);
    this.#slots.set(digest, slot);
    this.#slots[slot + 4] = index + 1;
    this.#count += 1;
    if (this.#count * 4 > (this.#mask + 1) * 3) this.#grow();
  }

  #digest(key: string): Uint32Array {
    const bytes = this.#hasher.sha256(key);
    const words = new Uint32Array(4);
    for (let at = 0; at < 16; at += 1)
      words[at >> 2] = ((words[at >> 2] ?? 0) << 8) | (bytes[at] ?? 0);
    return words;
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
