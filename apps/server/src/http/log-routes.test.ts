import {
  bytesOfBase64,
  hex,
  leafHash,
  openNote,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyConsistency,
  verifyInclusion,
  type VerifyEd25519,
} from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyByOpenSsl } from "../crypto/signature-holds.ts";
import { hasher } from "../hasher.ts";
import { HttpRig } from "./test/http-rig.ts";

let rig: HttpRig;
beforeAll(async () => {
  rig = await HttpRig.open();
  for (const name of ["a", "b", "c"]) await rig.flip(name);
});
afterAll(() => rig.close());

async function proofAt(path: string): Promise<readonly string[]> {
  const { hashes }: { readonly hashes: readonly string[] } = JSON.parse(
    JSON.stringify(await rig.json(path)),
  );
  return hashes.map((hash) => hex(bytesOfBase64(hash) ?? new Uint8Array()));
}

describe("the log", () => {
  it("signs its head with the key that /health names", async () => {
    const health = await rig.json("/health");
    const key = parseVerifierKey(hasher, String(health["verifierKey"]));
    if (key === undefined) throw new Error("the key is one");
    const response = await rig.get("/log/checkpoint");
    const text = await response.text();
    expect(response.headers.get("content-type")).toContain("text/plain");
    const parsed = parseNote(text);
    if (!parsed.ok) throw new Error("the checkpoint is a note");
    const check: VerifyEd25519 = ({ key: raw, message, signature }) =>
      verifyByOpenSsl(signature, message, raw);
    expect(openNote(hasher, parsed.note, { keys: [key], verify: check }).ok).toBe(true);
    expect(parseCheckpoint(text)).toMatchObject({
      checkpoint: { origin: rig.node.origin, size: health["treeSize"], root: health["rootHash"] },
    });
  });

  it("proves every record in it, and every earlier tree to be its beginning", async () => {
    const { root, size } = rig.node.engine.checkpoint();
    const texts = await rig.node.engine.records(0, size);
    for (const [index, text] of texts.entries()) {
      const proof = await proofAt(`/log/proof?index=${index}&size=${size}`);
      const leaf = leafHash(hasher, text);
      expect(verifyInclusion(hasher, { index, size, leaf, root, proof })).toBe(true);
    }
    await rig.flip("d");
    const next = rig.node.engine.checkpoint();
    const proof = await proofAt(`/log/consistency?from=${size}&to=${next.size}`);
    expect(verifyConsistency(hasher, { from: { size, root }, to: next, proof })).toBe(true);
    expect(await proofAt(`/log/consistency?from=0&to=${next.size}`)).toEqual([]);
    expect(await proofAt(`/log/consistency?from=${size}&to=${size}`)).toEqual([]);
  });

  it("gives tiles that a cache may keep for ever", async () => {
    const response = await rig.get("/log/tile/0/000.p/3");
    const bytes = Buffer.from(await response.arrayBuffer());
    const texts = await rig.node.engine.records(0, 3);
    expect(bytes.toString("hex")).toBe(texts.map((text) => leafHash(hasher, text)).join(""));
    expect(response.headers.get("cache-control")).toContain("immutable");
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
  });

  it.each([
    ["/log/proof", "400 bad_query: index is missing"],
    ["/log/proof?index=3&size=3", "404 not_found: record 3 is not in a tree of 3 records"],
    [
      "/log/proof?index=0&size=99999",
      "404 not_found: record 0 is not in a tree of 99999 records; this log has",
    ],
    ["/log/consistency?from=2", "400 bad_query: to is missing"],
    [
      "/log/consistency?from=2&to=1",
      "404 not_found: a tree of 2 records does not go on to one of 1",
    ],
    ["/log/consistency?from=0&to=99999", "404 not_found"],
    ["/log/tile/0/000", "404 not_found: a log of"],
    ["/log/tile/9/999", "404 not_found"],
    ["/log/tile/entries/000", "404 not_found"],
    ["/log/tile/../checkpoint/x", "404 not_found"],
    ["/log/checkpoint?x=1", "400 bad_query"],
  ])("%s is answered %s", async (path, expected) => {
    const response = await rig.get(path);
    const body: { readonly code: string; readonly detail: string } = JSON.parse(
      await response.text(),
    );
    expect(`${response.status} ${body.code}: ${body.detail}`).toContain(expected);
  });
});
