import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32c } from "./crc32c.ts";
import type { Superblock } from "./superblock.ts";
import {
  chooseSuperblock,
  decodeSuperblock,
  encodeSuperblock,
  slotOf,
  SUPERBLOCK_BYTES,
} from "./superblock.ts";
import { IDENTITY } from "./test/sample-segment.ts";

const MANIFEST = `sha256-${"9c".repeat(32)}` as const;

function superblock(over: Partial<Superblock> = {}): Superblock {
  const snapshot = { index: 90, manifest: MANIFEST };
  return {
    ...IDENTITY,
    durable: 100,
    generation: 6,
    segment: 80,
    snapshot,
    term: 4,
    wasStopped: false,
    ...over,
  };
}

/** With a field changed and the checksum mended. */
function forged(at: number, value: number): Uint8Array {
  const bytes = encodeSuperblock(superblock());
  const view = new DataView(bytes.buffer);
  view.setUint32(at, value, true);
  view.setUint32(508, crc32c(view, 0, 508), true);
  return bytes;
}

describe("superblock", () => {
  it("comes back, whatever it says", () => {
    const blocks = fc.record({
      durable: fc.integer({ min: -1, max: 2 ** 53 - 1 }),
      generation: fc.maxSafeNat(),
      term: fc.maxSafeNat(),
      wasStopped: fc.boolean(),
      hasSegment: fc.boolean(),
      behind: fc.maxSafeNat(),
      hasSnapshot: fc.boolean(),
      index: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(blocks, ({ hasSegment, behind, hasSnapshot, index, ...rest }) => {
        const snapshot =
          hasSnapshot && index <= rest.durable ? { index, manifest: MANIFEST } : null;
        const from = Math.max(0, rest.durable + 1 - behind);
        const segment = hasSegment && Number.isSafeInteger(from) ? from : null;
        const block = superblock({ ...rest, segment, snapshot });
        const bytes = encodeSuperblock(block);
        expect(bytes).toHaveLength(SUPERBLOCK_BYTES);
        expect(decodeSuperblock(bytes, slotOf(block.generation))).toEqual({
          ok: true,
          superblock: block,
        });
        expect(decodeSuperblock(bytes, 1 - slotOf(block.generation)).ok).toBe(false);
      }),
    );
  });

  it("lies as the table says", () => {
    const bytes = Buffer.from(encodeSuperblock(superblock({ wasStopped: true })));
    expect(bytes.subarray(0, 8).toString("latin1")).toBe("SWSB\u0001\0\0\0");
    expect(bytes.readBigUInt64LE(56)).toBe(6n);
    expect(bytes.readBigUInt64LE(64)).toBe(4n);
    expect(bytes.readBigUInt64LE(72)).toBe(100n);
    expect(bytes.readBigUInt64LE(80)).toBe(90n);
    expect(bytes.subarray(88, 120).toString("hex")).toBe("9c".repeat(32));
    expect(bytes.readUInt32LE(120)).toBe(3);
    expect(bytes.readBigUInt64LE(124)).toBe(80n);
    expect(bytes.subarray(132, 508).every((byte) => byte === 0)).toBe(true);
    const none = superblock({ segment: null, snapshot: null, durable: -1 });
    const without = Buffer.from(encodeSuperblock(none));
    expect(without.subarray(72, 88).toString("hex")).toBe("ff".repeat(16));
    expect(without.subarray(88, 508).every((byte) => byte === 0)).toBe(true);
  });

  it("is refused with any bit flipped, at any other length, and with what cannot be", () => {
    const good = encodeSuperblock(superblock());
    for (let bit = 0; bit < SUPERBLOCK_BYTES * 8; bit++) {
      const bytes = good.slice();
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (decodeSuperblock(bytes, 0).ok) throw new Error(`bit ${bit}`);
    }
    const cases: [Uint8Array, string][] = [
      [good.subarray(1), "511 bytes"],
      [new Uint8Array(513), "513 bytes"],
      [new Uint8Array(512), "does not begin as a superblock"],
      [good.with(300, 1), "checksum"],
      [forged(4, 2), "format 2"],
      [forged(60, 0x0020_0000), "no safe integer"],
      [forged(68, 0x0020_0000), "no safe integer"],
      [forged(76, 0x0020_0000), "no safe integer"],
      [forged(84, 0x0020_0000), "no safe integer"],
      [forged(56, 7), "generation 7 does not belong into slot 0"],
      [forged(80, 101), "a snapshot of record 101, but only 100 was durable"],
      [forged(128, 0x0020_0000), "no safe integer"],
      [forged(124, 102), "a segment at record 102, but only 100 was durable"],
      [forged(120, 0), "a segment at record 80"],
      [forged(120, 4), "flags 4"],
    ];
    for (const [bytes, problem] of cases) {
      const decoded = decodeSuperblock(bytes, 0);
      expect(decoded.ok ? "" : decoded.problem).toContain(problem);
    }
    expect(decodeSuperblock(forged(80, 100), 0).ok).toBe(true);
    expect(decodeSuperblock(forged(124, 101), 0).ok).toBe(true);
    expect(() => encodeSuperblock(superblock({ segment: 102 }))).toThrow("behind what is durable");
    expect(() => encodeSuperblock(superblock({ durable: 89 }))).toThrow("durable records alone");
    expect(encodeSuperblock(superblock({ durable: 90 }))).toHaveLength(512);
    expect(() => encodeSuperblock(superblock({ nodeId: new Uint8Array(31) }))).toThrow("32 bytes");
    expect(() => encodeSuperblock(superblock({ clusterId: new Uint8Array(17) }))).toThrow(
      "16 bytes",
    );
  });
});

describe("chooseSuperblock", () => {
  const six = encodeSuperblock(superblock());
  const seven = encodeSuperblock(superblock({ generation: 7, durable: 200 }));
  const eight = encodeSuperblock(superblock({ generation: 8, durable: 300 }));
  const choose = (a: Uint8Array | undefined, b: Uint8Array | undefined) =>
    chooseSuperblock([a, b], IDENTITY);
  const generationOf = (a: Uint8Array | undefined, b: Uint8Array | undefined) => {
    const chosen = choose(a, b);
    return chosen.ok ? chosen.superblock.generation : chosen.problems;
  };

  it("takes the newest whole one", () => {
    expect(generationOf(six, seven)).toBe(7);
    expect(generationOf(eight, seven)).toBe(8);
    expect(generationOf(eight, undefined)).toBe(8);
    expect(generationOf(undefined, seven)).toBe(7);
  });

  it("falls back to the one before, at whichever byte the last write tore", () => {
    for (let cut = 0; cut < SUPERBLOCK_BYTES; cut++) {
      const torn = six.slice();
      torn.set(eight.subarray(0, cut));
      const isWhole = Buffer.compare(torn, six) === 0 || Buffer.compare(torn, eight) === 0;
      expect(generationOf(torn, seven)).toBe(Buffer.compare(torn, eight) === 0 ? 8 : 7);
      expect(decodeSuperblock(torn, 0).ok).toBe(isWhole);
    }
  });

  it("says what is wrong with both where none can be used", () => {
    expect(generationOf(undefined, undefined)).toEqual(["it is missing", "it is missing"]);
    expect(generationOf(six.with(9, 0), undefined)).toEqual([
      "its checksum is wrong",
      "it is missing",
    ]);
    expect(generationOf(seven, six)).toEqual([
      "generation 7 does not belong into slot 0",
      "generation 6 does not belong into slot 1",
    ]);
  });

  it("refuses both where one is another cluster's or node's", () => {
    const foreign = encodeSuperblock(superblock({ clusterId: new Uint8Array(16) }));
    const other = encodeSuperblock(superblock({ generation: 9, nodeId: new Uint8Array(32) }));
    expect(generationOf(foreign, seven)).toEqual(["it belongs to another cluster", "it is whole"]);
    expect(generationOf(six, other)).toEqual([
      "it is whole",
      "it belongs to another node of this cluster",
    ]);
    expect(generationOf(foreign, undefined)).toEqual([
      "it belongs to another cluster",
      "it is missing",
    ]);
    expect(generationOf(undefined, other)).toEqual([
      "it is missing",
      "it belongs to another node of this cluster",
    ]);
    expect(generationOf(foreign, other)).toHaveLength(2);
  });
});
