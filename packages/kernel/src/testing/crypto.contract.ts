import { describe, expect, it } from "vitest";
import type { Attestation } from "../chart/native-guard.ts";
import { publicKeyOf, signatureBytesOf } from "../engine/identity-key.ts";
import { base64urlOf } from "../engine/base64url.ts";
import type { Crypto } from "../engine/ports.ts";
import { ABSENT_HASH, type ValueHash } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";

type SignatureAttestation = Extract<Attestation, { kind: "signature" }>;

export interface CryptoUnderTest {
  readonly crypto: Crypto;
  /** A true attestation, signed by the client with this number. */
  attest(client: number, type: string, payload: Json): SignatureAttestation;
  /** The attestation that holds if `signature` is the node's over `payload`. */
  attestNode(type: string, payload: Json): SignatureAttestation;
  /** Some bytes that are stored. */
  readonly storedEvidence: ValueHash;
  close(): Promise<void>;
}

const TYPE = "application/vnd.swoosh.test+json";

/** The contract of `Crypto` (`engine/ports.ts`), for any implementation. */
export function describeCryptoContract(name: string, create: () => Promise<CryptoUnderTest>): void {
  describe(`${name} keeps the contract of Crypto`, () => {
    const use = async (test: (under: CryptoUnderTest, crypto: Crypto) => Promise<void>) => {
      const under = await create();
      try {
        await test(under, under.crypto);
      } finally {
        await under.close();
      }
    };

    it("accepts what was signed, in order, many at once", () =>
      use(async (under, crypto) => {
        const good = Array.from({ length: 20 }, (_, n) =>
          under.attest(n, TYPE, { n, text: "ü😀" }),
        );
        expect(await crypto.verify([])).toEqual([]);
        expect(await crypto.verify(good)).toEqual(good.map(() => true));
        const mixed = good.map((attestation, n) =>
          n % 3 === 0 ? { ...attestation, type: "another" } : attestation,
        );
        expect(await crypto.verify(mixed)).toEqual(mixed.map((_, n) => n % 3 !== 0));
      }));

    it("refuses any change of key, type, payload, hash or signature", () =>
      use(async (under, crypto) => {
        const good = under.attest(1, TYPE, { amount: 1 });
        const other = under.attest(2, TYPE, { amount: 2 });
        const doctored: Attestation[] = [
          { ...good, key: other.key },
          { ...good, type: `${TYPE} ` },
          { ...good, payload: { amount: 2 } },
          { ...good, payload: other.payload, payload_hash: other.payload_hash },
          { ...good, payload_hash: other.payload_hash },
          { ...good, signature: other.signature },
        ];
        expect(await crypto.verify(doctored)).toEqual(doctored.map(() => false));
      }));

    it("refuses a flip of any byte of the signature and of the key", () =>
      use(async (under, crypto) => {
        const good = under.attest(3, TYPE, ["bits"]);
        const signature = signatureBytesOf(good.signature) ?? new Uint8Array(64);
        const key = publicKeyOf(good.key) ?? new Uint8Array(32);
        const flips: Attestation[] = [
          ...Array.from(signature, (_, at) => ({
            ...good,
            signature: base64urlOf(flipped(signature, at)),
          })),
          ...Array.from(key, (_, at) => ({
            ...good,
            key: `hmmm:pubkey:${base64urlOf(flipped(key, at))}`,
          })),
        ];
        expect(await crypto.verify(flips)).toEqual(flips.map(() => false));
      }));

    it("answers false to junk and never rejects", () =>
      use(async (under, crypto) => {
        const good = under.attest(4, TYPE, null);
        const junk: Attestation[] = [
          { ...good, key: "" },
          { ...good, key: "hmmm:pubkey:" },
          { ...good, key: good.key.slice(0, -1) },
          { ...good, key: `${good.key}=` },
          { ...good, signature: "" },
          { ...good, signature: `${good.signature}A` },
          { ...good, signature: `${good.signature}==` },
          { ...good, signature: "\u0000".repeat(86) },
          { ...good, payload_hash: "" },
        ];
        expect(await crypto.verify(junk)).toEqual(junk.map(() => false));
      }));

    it("refuses points of small order and scalars beyond the group's order", () =>
      use(async (under, crypto) => {
        const good = under.attest(5, TYPE, { strict: true });
        const signature = signatureBytesOf(good.signature) ?? new Uint8Array(64);
        const identityPoint = new Uint8Array(32);
        identityPoint[0] = 1;
        const weak = new Uint8Array(64);
        weak.set(identityPoint, 0);
        const beyond = signature.slice();
        beyond.fill(0xff, 32);
        const cases: Attestation[] = [
          // With A of small order and S = 0 a lax verifier accepts any message.
          {
            ...good,
            key: `hmmm:pubkey:${base64urlOf(identityPoint)}`,
            signature: base64urlOf(weak),
          },
          { ...good, signature: base64urlOf(beyond) },
        ];
        expect(await crypto.verify(cases)).toEqual([false, false]);
      }));

    it("says the same of a text that the caller has, where it can be asked so", () =>
      use(async (under, crypto) => {
        if (crypto.holds === undefined) return;
        const { key, payload, signature, type } = under.attest(6, TYPE, { text: "ü😀", z: 1 });
        const good = { key, type, body: canonicalize(payload), signature };
        const other = under.attest(7, TYPE, { text: "other" });
        const cases = [
          good,
          { ...good, key: other.key },
          { ...good, type: `${TYPE} ` },
          { ...good, body: canonicalize(other.payload) },
          { ...good, body: `${good.body}\n` },
          { ...good, signature: other.signature },
          { ...good, key: "junk" },
          { ...good, signature: "" },
          good,
        ];
        const verdict = await Promise.all(cases.map(async (one) => crypto.holds?.(one)));
        expect(verdict).toEqual(cases.map((one) => one === good));
      }));

    it("knows which evidence is stored", () =>
      use(async (under, crypto) => {
        expect(
          await crypto.verify([
            { kind: "evidence", hash: under.storedEvidence },
            { kind: "evidence", hash: ABSENT_HASH },
            { kind: "evidence", hash: "junk" },
          ]),
        ).toEqual([true, false, false]);
      }));

    it("signs as the node, deterministically, so that its own verify accepts it", () =>
      use(async (under, crypto) => {
        const attestation = under.attestNode(TYPE, { by: "node" });
        expect(attestation.key).toBe(crypto.node);
        expect(await crypto.verify([attestation])).toEqual([true]);
        const bytes = new Uint8Array([1, 2, 3]);
        expect(crypto.sign(bytes)).toHaveLength(64);
        expect([...crypto.sign(bytes)]).toEqual([...crypto.sign(bytes)]);
        expect([...crypto.sign(bytes)]).not.toEqual([...crypto.sign(new Uint8Array([1, 2, 4]))]);
      }));
  });
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
