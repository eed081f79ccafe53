/**
 * A running sum over lines: 64 bits in two lanes, each line's from its text and the sum before it. It finds accidents
 * (a line changed, swapped, cut out); against an adversary a log's hash belongs into the journal.
 */
export interface LineSum {
  /** Adds a line's text and gives the 16 hex digits that stand at its end. */
  add(text: string): string;
}

/** A sum over no line yet. */
export function createLineSum(): LineSum {
  let high = 0x811c9dc5 | 0;
  let low = 0x9747b28c | 0;
  return {
    add(text) {
      for (let index = 0; index < text.length; index += 1) {
        const unit = text.charCodeAt(index);
        high = Math.imul(high ^ unit, 0x01000193);
        low = Math.imul(low ^ unit, 0x5bd1e995) + 1;
      }
      // Without this the last letters of a line would reach the low bits alone.
      high = Math.imul(high ^ (high >>> 15), 0x85ebca6b) ^ low;
      low = Math.imul(low ^ (low >>> 13), 0xc2b2ae35) ^ (high >>> 7);
      return digits(high) + digits(low);
    },
  };
}

const HEX = Array.from({ length: 65_536 }, (_, value) => value.toString(16).padStart(4, "0"));

function digits(lane: number): string {
  return `${HEX[lane >>> 16] ?? ""}${HEX[lane & 0xffff] ?? ""}`;
}
