import { describe, expect, it } from "vitest";
import { hex } from "../hash.ts";
import { hexBytes, isLeafHash } from "./hex-bytes.ts";
import { NO_INDEX, readCount, readU64, writeU64 } from "./u64.ts";

describe("hexBytes", () => {
  it("gives the bytes of every pair of lower-case digits, and of nothing else", () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    expect(hexBytes(hex(all))).toEqual(all);
    expect(hexBytes("")).toEqual(new Uint8Array());
    for (let code = 0; code < 256; code++) {
      const character = String.fromCharCode(code);
      if (/[0-9a-f]/.test(character)) continue;
      expect(() => hexBytes(`${character}0`)).toThrow("lower-case hex");
      expect(() => hexBytes(`0${character}`)).toThrow("lower-case hex");
    }
    expect(() => hexBytes("abc")).toThrow("two digits a byte");
  });
});

describe("isLeafHash", () => {
  it("takes 64 lower-case hex digits in a string", () => {
    expect(isLeafHash("0123456789abcdef".repeat(4))).toBe(true);
    const wrong: unknown[] = [
      "a".repeat(63),
      "a".repeat(65),
      "A".repeat(64),
      `${"a".repeat(64)}\n`,
      ["a".repeat(64)],
      7,
      null,
      undefined,
    ];
    for (const value of wrong) expect(isLeafHash(value)).toBe(false);
  });
});

describe("u64", () => {
  it("comes back: safe integers, and none as all ones", () => {
    const view = new DataView(new ArrayBuffer(24));
    for (const value of [0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 7, 2 ** 53 - 1, NO_INDEX]) {
      writeU64(view, 8, value);
      expect(view.getBigUint64(8, true)).toBe(BigInt.asUintN(64, BigInt(value)));
      expect(readU64(view, 8)).toBe(value);
      expect(readCount(view, 8)).toBe(value === NO_INDEX ? undefined : value);
      expect([view.getBigUint64(0), view.getBigUint64(16)]).toEqual([0n, 0n]);
    }
    for (const value of [2n ** 53n, 2n ** 64n - 2n, 0xffff_ffff_0000_0000n]) {
      view.setBigUint64(8, value, true);
      expect(readU64(view, 8)).toBeUndefined();
      expect(readCount(view, 8)).toBeUndefined();
    }
  });
});
