import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  canonicalize,
  encodeVerifierKey,
  formatNote,
  keyIdOf,
  leafHash,
  NOTE_ED25519,
  parseNote,
  publicKeyOf,
} from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";
import { EngineServer, OPERATOR_SEED } from "./test/engine-server.ts";
import { testPorts } from "./test/test-ports.ts";
import { createClient } from "./client.ts";
import type { SdkPorts } from "./ports.ts";
import { openCheckpoint, verifyConsistencyProof, verifyInclusionProof } from "./verify-proof.ts";
import { verifyDsse, verifyRecord } from "./verify-record.ts";
import { createWebSigner } from "./web-signer.ts";

let server: EngineServer;
let ports: SdkPorts;
let texts: readonly string[];
let note: string;

beforeAll(async () => {
  server = await EngineServer.open();
  ports = testPorts(server.clock);
  const signer = await createWebSigner(globalThis, { seed: OPERATOR_SEED });
  const client = createClient({ url: server.url, signer, ports });
  const options = { justification: "why not", evidence: ["https://example.com/e"] };
  await client.propose("order/a", "Order_Add", { item: "tea" }, options);
  await client.propose("order/a", "Order_Submit");
  texts = await server.test.engine.records(0, 100);
  note = await (await fetch(`${server.url}/log/checkpoint`)).text();
});

afterAll(() => server.close());

describe("verifyRecord", () => {
  it("believes every record of an honest log, the engine's own too", async () => {
    expect(texts.length).toBe(4);
    let prev = "0".repeat(64);
    for (const [index, text] of texts.entries()) {
      const verified = await verifyRecord(ports, { text, index, prev, origin: server.origin });
      expect(verified).toMatchObject({ ok: true, leaf: leafHash(nodeHasher, text) });
      prev = leafHash(nodeHasher, text);
    }
  });

  it("finds any change of what was signed, and of the inputs", async () => {
    const text = texts[2] ?? "";
    const changes: readonly (readonly [string, string, string])[] = [
      ['"item":"tea"', '"item":"teA"', "the hash of inputs"],
      ["why not", "why so!", "the signature is not"],
      ["https://example.com/e", "https://example.com/f", "the signature is not"],
      ['"transition":"Order_Add"', '"transition":"Order_Pay"', "the signature is not"],
      ['"instance":"order/a"', '"instance":"order/b"', "the signature is not"],
      ['"v":1', '"v":2', "v"],
      ['"index":2', '"index":02', ""],
    ];
    for (const [from, to, problem] of changes) {
      expect(text, from).toContain(from);
      const verified = await verifyRecord(ports, { text: text.replace(from, to) });
      expect(verified, to).toMatchObject({ ok: false });
      if (!verified.ok) expect(verified.problems.join("; ")).toContain(problem);
    }
  });

  it("finds a record that is another than claimed", async () => {
    const [text = "", other = ""] = texts.slice(2);
    const leaf = leafHash(nodeHasher, other);
    for (const claim of [{ index: 3 }, { leaf }, { prev: leaf }, { origin: "x" }, { answer: "{}" }])
      expect(await verifyRecord(ports, { text, ...claim })).toMatchObject({ ok: false });
  });

  it("refuses signatures that are none, and keys on which libraries differ", async () => {
    const zero = `hmmm:pubkey:${"A".repeat(43)}`;
    const signature = "A".repeat(86);
    const claim = { type: "t", body: "{}", signature };
    expect(await verifyDsse(ports, { ...claim, signer: zero })).toBe(false);
    expect(await verifyDsse(ports, { ...claim, signer: "nobody" })).toBe(false);
    expect(await verifyDsse(ports, { ...claim, signer: zero, signature: "" })).toBe(false);
  });
});

describe("openCheckpoint", () => {
  it("believes the pinned key alone, and every byte of the text", async () => {
    const pins = { verifierKeys: [server.verifierKey], origin: server.origin };
    const opened = await openCheckpoint(ports, note, pins);
    expect(opened).toMatchObject({ ok: true, checkpoint: { size: 4 }, signers: [server.origin] });
    const forged = note.replace("\n4\n", "\n5\n");
    expect(await openCheckpoint(ports, forged, pins)).toMatchObject({
      ok: false,
      problem: expect.stringContaining("is bad"),
    });
    expect(await openCheckpoint(ports, "", pins)).toMatchObject({ ok: false });
  });

  it("does not take another key of the same name for the pinned one", async () => {
    const signer = await createWebSigner(globalThis, { seed: OPERATOR_SEED });
    const key = publicKeyOf(signer.key) ?? new Uint8Array(32);
    const mine = { name: server.origin, type: NOTE_ED25519, key } as const;
    const parsed = parseNote(note);
    if (!parsed.ok) throw new Error(parsed.problem);
    const { text } = parsed.note;
    const bytes = await signer.sign(nodeHasher.utf8(text));
    const resigned = formatNote({
      text,
      signatures: [{ name: server.origin, keyId: keyIdOf(nodeHasher, mine), bytes }],
    });
    const own = { verifierKeys: [encodeVerifierKey(nodeHasher, mine)] };
    expect(await openCheckpoint(ports, resigned, own)).toMatchObject({ ok: true });
    expect(
      await openCheckpoint(ports, resigned, { verifierKeys: [server.verifierKey] }),
    ).toMatchObject({ ok: false, problem: "no known key has signed it" });
  });
});

describe("proofs", () => {
  it("that are junk prove nothing", () => {
    const checkpoint = { origin: "o", size: 4, root: "0".repeat(64), extensions: [] };
    for (const hashes of [[], ["AAAA"], ["not base 64"], [canonicalize({})]]) {
      const proof = { hashes };
      expect(
        verifyInclusionProof(ports, { leaf: "0".repeat(64), index: 1, checkpoint, proof }),
      ).toBe(false);
      const newer = { ...checkpoint, size: 5 };
      expect(verifyConsistencyProof(ports, { older: checkpoint, newer, proof })).toBe(false);
    }
    const other = { ...checkpoint, origin: "p" };
    expect(
      verifyConsistencyProof(ports, { older: checkpoint, newer: other, proof: { hashes: [] } }),
    ).toBe(false);
  });
});
