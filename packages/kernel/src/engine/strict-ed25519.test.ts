import { describe, expect, it } from "vitest";
import { publicEd25519KeyOf, signEd25519, verifyEd25519 } from "../testing/node-crypto.ts";
import { ED25519_VECTORS as VECTORS } from "../testing/ed25519-vectors.ts";
import { isStrictEd25519, isStrictPoint } from "./strict-ed25519.ts";

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

describe("RFC 8032's vectors", () => {
  it("are five, the long message among them", () => {
    const bytes = VECTORS.map(({ message }) => message.length / 2);
    expect(bytes).toEqual([0, 1, 2, 1_023, 64]);
  });

  it.each(VECTORS)("$name", ({ secret, key, message, signature: expected }) => {
    const publicKey = bytesOf(key);
    const bytes = bytesOf(message);
    const signature = bytesOf(expected);
    expect([...publicEd25519KeyOf(bytesOf(secret))]).toEqual([...publicKey]);
    expect([...signEd25519(bytesOf(secret), bytes)]).toEqual([...signature]);
    expect(verifyEd25519({ publicKey, signature, bytes })).toBe(true);
    expect(verifyEd25519({ publicKey, signature, bytes: new Uint8Array([...bytes, 0]) })).toBe(
      false,
    );
  });
});

const P = 2n ** 255n - 19n;
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

describe("strict points and scalars", () => {
  const { key, signature: signatureHex } = VECTORS[1];
  const publicKey = bytesOf(key);
  const signature = bytesOf(signatureHex);
  const withPart = (at: number, part: Uint8Array): Uint8Array => {
    const copy = signature.slice();
    copy.set(part, at);
    return copy;
  };

  it("accepts a real signature", () => {
    expect(isStrictEd25519({ publicKey, signature })).toBe(true);
  });

  it("refuses every point of small order, with either sign", () => {
    // y of the points of order 1, 2, 4 and 8; those of order 8 solve the curve equation for 8·A = 0.
    const eighth = bytesOf("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    const y8 = [...eighth].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    for (const y of [0n, 1n, P - 1n, y8, P - y8]) {
      for (const sign of [0n, 1n << 255n]) {
        const point = littleEndian(y + sign);
        expect(isStrictPoint(point)).toBe(false);
        expect(isStrictEd25519({ publicKey: point, signature })).toBe(false);
        expect(isStrictEd25519({ publicKey, signature: withPart(0, point) })).toBe(false);
      }
    }
  });

  it("refuses encodings of y that are not below p", () => {
    for (const y of [P, P + 1n, P + 5n, (1n << 255n) - 1n]) {
      expect(isStrictPoint(littleEndian(y))).toBe(false);
      expect(isStrictPoint(littleEndian(y | (1n << 255n)))).toBe(false);
    }
    expect(isStrictPoint(littleEndian(P - 2n))).toBe(true);
    expect(isStrictPoint(littleEndian(2n))).toBe(true);
  });

  it("refuses S at or above the group's order", () => {
    expect(isStrictEd25519({ publicKey, signature: withPart(32, littleEndian(L - 1n)) })).toBe(
      true,
    );
    expect(isStrictEd25519({ publicKey, signature: withPart(32, littleEndian(L)) })).toBe(false);
    const s = [...signature.slice(32)].reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    expect(isStrictEd25519({ publicKey, signature: withPart(32, littleEndian(s + L)) })).toBe(
      false,
    );
  });

  it("refuses wrong lengths", () => {
    expect(isStrictEd25519({ publicKey: publicKey.slice(1), signature })).toBe(false);
    expect(isStrictEd25519({ publicKey, signature: signature.slice(1) })).toBe(false);
    expect(isStrictEd25519({ publicKey, signature: new Uint8Array([...signature, 0]) })).toBe(
      false,
    );
  });

  it("accepts no signature under a key that is no point of the curve", () => {
    expect(verifyEd25519({ publicKey: littleEndian(2n), signature, bytes: bytesOf("72") })).toBe(
      false,
    );
  });
});
