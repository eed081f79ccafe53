import { describe, expect, it } from "vitest";
import {
  ABSENT_HASH,
  hashOfCanonical,
  hex,
  isValueHash,
  leafHash,
  NO_LEAF,
  valueHash,
} from "./hash.ts";
import { nodeHasher } from "./testing/node-hasher.ts";
import { pureHasher } from "./pure-hasher.ts";

/** FIPS 180-4 examples and NIST CAVP SHA256ShortMsg / SHA256LongMsg. */
const NIST: readonly (readonly [message: string, digest: string])[] = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  [
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
  ],
  ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
];

const HASHERS = [
  ["node", nodeHasher],
  ["pure", pureHasher],
] as const;

describe.each(HASHERS)("the %s hasher", (_, hasher) => {
  it.each(NIST)("gives NIST's digest", (message, digest) => {
    expect(hex(hasher.sha256(message))).toBe(digest);
    expect(hex(hasher.sha256(hasher.utf8(message)))).toBe(digest);
  });

  it("hashes raw bytes (CAVP, 1 and 4 bytes)", () => {
    expect(hex(hasher.sha256(Uint8Array.of(0xd3)))).toBe(
      "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1",
    );
    expect(hex(hasher.sha256(Uint8Array.of(0x74, 0xba, 0x25, 0x21)))).toBe(
      "b16aa56be3880d18cd41e68384cf1ec8c17680c45a02b1575dc1518923ae8b0e",
    );
  });

  it("encodes each length of UTF-8", () => {
    expect(hex(hasher.utf8("aé€😀"))).toBe("61c3a9e282acf09f9880");
  });
});

describe("both hashers", () => {
  it("give the same bytes around every block boundary, and for text of all planes", () => {
    for (let length = 0; length < 200; length += 1) {
      const text = `${"x".repeat(length)}é€😀\u0000`;
      expect(hex(pureHasher.sha256(text))).toBe(hex(nodeHasher.sha256(text)));
      expect(nodeHasher.sha256Hex?.(text)).toBe(hex(nodeHasher.sha256(text)));
      expect(hex(pureHasher.utf8(text))).toBe(hex(nodeHasher.utf8(text)));
    }
  });

  it("put U+FFFD in place of a lone surrogate", () => {
    expect(hex(pureHasher.utf8("a\ud800b"))).toBe("61efbfbd62");
    expect(hex(nodeHasher.utf8("a\ud800b"))).toBe("61efbfbd62");
  });
});

describe("hex", () => {
  it("gives two lower-case digits a byte, for any length", () => {
    const bytes = Uint8Array.from({ length: 5_000 }, (_, index) => (index * 7) & 255);
    expect(hex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
    expect(hex(new Uint8Array())).toBe("");
  });
});

describe("hashes of values and records", () => {
  it("hash the canonical text, whatever the order of keys", () => {
    const digest = hex(nodeHasher.sha256('{"a":1,"b":[true,null]}'));
    expect(valueHash(nodeHasher, { b: [true, null], a: 1 })).toBe(`sha256-${digest}`);
    expect(hashOfCanonical(nodeHasher, '{"a":1,"b":[true,null]}')).toBe(`sha256-${digest}`);
  });

  it("put 0x00 before a record's text (RFC 6962 §2.1)", () => {
    expect(leafHash(nodeHasher, "")).toBe(
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    );
    const bytes = Uint8Array.of(0, ...nodeHasher.utf8('{"é":1}'));
    expect(leafHash(nodeHasher, '{"é":1}')).toBe(hex(nodeHasher.sha256(bytes)));
  });

  it("know their own form", () => {
    expect(isValueHash(ABSENT_HASH)).toBe(true);
    expect(NO_LEAF).toMatch(/^0{64}$/);
    for (const text of [
      NO_LEAF,
      `${ABSENT_HASH}0`,
      ABSENT_HASH.slice(0, -1),
      `x${ABSENT_HASH}`,
      `sha256-${"A".repeat(64)}`,
      `${ABSENT_HASH}\n`,
    ]) {
      expect(isValueHash(text)).toBe(false);
    }
  });
});
