import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32c } from "./crc32c.ts";

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bit by bit, as the polynomial says. */
function slowly(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

describe("crc32c", () => {
  it("gives the checksums of RFC 3720, appendix B.4", () => {
    const up = Uint8Array.from({ length: 32 }, (_, at) => at);
    const read = Buffer.from(
      "01c000000000000000000000000000001400000000000400000000140000001828000000000000000200000000000000",
      "hex",
    );
    const vectors: [Uint8Array, number][] = [
      [new Uint8Array(32), 0x8a9136aa],
      [new Uint8Array(32).fill(0xff), 0x62a8ab43],
      [up, 0x46dd794e],
      [up.toReversed(), 0x113fdb5c],
      [read, 0xd9963a56],
      [Buffer.from("123456789"), 0xe3069283],
      [new Uint8Array(0), 0],
    ];
    for (const [bytes, checksum] of vectors)
      expect(crc32c(viewOf(bytes), 0, bytes.length)).toBe(checksum);
  });

  it("is that of the polynomial for any bytes, whole, cut anywhere, and run over pieces", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(80), fc.nat(80), (bytes, a, b) => {
        const [from, to] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];
        expect(crc32c(viewOf(bytes), from, to)).toBe(slowly(bytes.subarray(from, to)));
        const before = crc32c(viewOf(bytes), 0, from);
        expect(crc32c(viewOf(bytes), from, bytes.length, before)).toBe(slowly(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it("reads nothing beyond the view", () => {
    const view = viewOf(new Uint8Array(8));
    expect(() => crc32c(view, 0, 9)).toThrow(RangeError);
    expect(() => crc32c(view, 1, 9)).toThrow(RangeError);
  });
});
