import { describe, expect, it } from "vitest";
import { batchLength, decodeBatchHeader, encodeBatch } from "./batch.ts";

const PLACE = { firstIndex: 5, durable: 4, term: 2 };

function encode(records: readonly Uint8Array[], place = PLACE, size = 300): Uint8Array {
  const target = new Uint8Array(size);
  const end = encodeBatch(records, place, { target, offset: 0 });
  return target.subarray(0, end);
}

describe("encodeBatch", () => {
  it("writes the bytes of the table", () => {
    const bytes = encode([Buffer.from("{}"), Buffer.from("ü")], {
      firstIndex: 2 ** 32 + 1,
      durable: -1,
      term: 513,
    });
    expect(Buffer.from(bytes).toString("hex")).toBe(
      [
        "ff7377fe",
        "16000000",
        "02000000",
        "0100000001000000",
        "ffffffffffffffff",
        "0102000000000000",
        "e2759ca7",
        "02000000",
        "317bbc54",
        "7b7d",
        "0a",
        "02000000",
        "34f5c343",
        "c3bc",
        "0a",
      ].join(""),
    );
    expect(bytes).toHaveLength(batchLength([Buffer.from("{}"), Buffer.from("ü")]));
    expect(decodeBatchHeader(new DataView(bytes.buffer, 0, bytes.length), 0)).toEqual({
      bytes: 22,
      count: 2,
      durable: -1,
      firstIndex: 2 ** 32 + 1,
      term: 513,
    });
  });

  it("writes where it is told and nowhere else", () => {
    const outer = new Uint8Array(200).fill(0x55);
    const target = outer.subarray(20, 180);
    const end = encodeBatch([Buffer.from("[1]")], PLACE, { target, offset: 60 });
    expect(end).toBe(60 + batchLength([Buffer.from("[1]")]));
    expect(outer.subarray(0, 80).every((byte) => byte === 0x55)).toBe(true);
    expect(outer.subarray(20 + end).every((byte) => byte === 0x55)).toBe(true);
    expect(target.subarray(60, end)).toEqual(encode([Buffer.from("[1]")]));
  });

  it("takes no batch that could not be read again", () => {
    const one = [Buffer.from("{}")];
    expect(() => encode([])).toThrow("at least one record");
    expect(() => encode([new Uint8Array(0)])).toThrow("a record of 0 bytes");
    expect(() => encode([new Uint8Array(65_536)], PLACE, 70_000)).toThrow(
      "a record of 65536 bytes",
    );
    expect(encode([new Uint8Array(65_535)], PLACE, 70_000)).toHaveLength(65_535 + 49);
    expect(() => encode(one, { ...PLACE, durable: 5 })).toThrow("not durable yet");
    expect(() => encode(one, PLACE, 50)).toThrow("fits its segment");
    expect(encode(one, PLACE, 51)).toHaveLength(51);
    expect(() => encode(one, { ...PLACE, firstIndex: 2 ** 53 })).toThrow("a u64 holds");
    expect(() => encode(one, { ...PLACE, term: 0.5 })).toThrow("a u64 holds");
    expect(() => encode(one, { ...PLACE, durable: -2 })).toThrow("a u64 holds");
  });

  it("has a header that is found only whole", () => {
    const bytes = encode([Buffer.from("{}")]);
    const view = new DataView(bytes.buffer, 0, bytes.length);
    expect(decodeBatchHeader(view, 0)).toEqual({ ...PLACE, bytes: 11, count: 1 });
    expect(decodeBatchHeader(view, 1)).toBeUndefined();
    expect(decodeBatchHeader(new DataView(bytes.buffer, 0, 39), 0)).toBeUndefined();
    expect(decodeBatchHeader(new DataView(bytes.buffer, 0, 40), 0)).toBeDefined();
    for (let at = 0; at < 40; at++) {
      bytes[at] = (bytes[at] ?? 0) ^ 4;
      expect(decodeBatchHeader(view, 0)).toBeUndefined();
      bytes[at] = (bytes[at] ?? 0) ^ 4;
    }
  });
});
