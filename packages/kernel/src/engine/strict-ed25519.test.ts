import { describe, expect, it } from "vitest";
import { publicEd25519KeyOf, signEd25519, verifyEd25519 } from "../testing/node-crypto.ts";
import { isStrictEd25519, isStrictPoint } from "./strict-ed25519.ts";

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

/** RFC 8032 §7.1: secret key, public key, message, signature. */
const VECTORS = [
  [
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
  [
    "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  ],
] as const;

describe("RFC 8032's vectors", () => {
  it.each(VECTORS)("key %s", (secret, key, message, expected) => {
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
  const [, key, , signatureHex] = VECTORS[1];
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
