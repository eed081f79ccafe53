import { ED25519_VECTORS } from "@swoosh/kernel/testing";
import { assert, describe, expect, it } from "vitest";
import { loadSodium } from "./load-sodium.ts";
import { verifyByOpenSsl } from "./signature-holds.ts";

const sodium = loadSodium();
assert(sodium !== undefined, "sodium-native is built for the machines that are tested on");

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));

/** What the server checks signatures with, whichever of the two it finds. */
describe.each([
  ["libsodium", sodium],
  ["OpenSSL", verifyByOpenSsl],
] as const)("%s", (_, verify) => {
  it.each(ED25519_VECTORS)("agrees with RFC 8032, $name", (vector) => {
    const signature = bytesOf(vector.signature);
    const message = bytesOf(vector.message);
    const key = bytesOf(vector.key);
    expect(verify(signature, message, key)).toBe(true);
    expect(verify(signature, new Uint8Array([...message, 0]), key)).toBe(false);
    const other = ED25519_VECTORS.find(({ name }) => name !== vector.name)?.key ?? "";
    expect(verify(signature, message, bytesOf(other))).toBe(false);
    for (const at of [0, 31, 32, 62]) {
      const spoilt = signature.map((byte, place) => (place === at ? byte ^ 1 : byte));
      expect(verify(spoilt, message, key), `byte ${at} of the signature`).toBe(false);
    }
  });
});
