import { describe, expect, it } from "vitest";
import type { Random } from "../engine/ports.ts";

/** The contract of `Random` (`engine/ports.ts`), for any implementation. */
export function describeRandomContract(name: string, create: () => Random): void {
  describe(`${name} keeps the contract of Random`, () => {
    it("gives as many bytes as asked for", () => {
      const random = create();
      for (const count of [0, 1, 16, 32, 1_000]) expect(random.bytes(count)).toHaveLength(count);
    });

    it("never gives the same 16 bytes twice, nor the same array", () => {
      const random = create();
      const seen = new Set(Array.from({ length: 1_000 }, () => random.bytes(16).join()));
      expect(seen.size).toBe(1_000);
      const first = random.bytes(8);
      const copy = [...first];
      random.bytes(8);
      expect([...first]).toEqual(copy);
    });

    it("uses every value of a byte about equally often", () => {
      const counts = new Map<number, number>();
      for (const byte of create().bytes(65_536)) counts.set(byte, (counts.get(byte) ?? 0) + 1);
      expect(counts.size).toBe(256);
      // 256 expected; ten standard deviations on either side.
      for (const count of counts.values()) expect(Math.abs(count - 256)).toBeLessThan(160);
    });
  });
}
