import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashOfCanonical, hex } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import type { Json } from "../json/json.ts";
import { CHUNK_DOCUMENTS_MAX } from "../limits.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import type { IndexedHead } from "../reduce/document.ts";
import type { ChunkRef } from "./snapshot-chunk.ts";
import { decodeChunk } from "./snapshot-chunk.ts";
import { decodeManifest } from "./snapshot-manifest.ts";
import { beginSnapshot, diffChunks } from "./snapshot.ts";
import { sampleFacts, sampleHead } from "./test/sample-document.ts";
import type { TakenSnapshot } from "./test/take-snapshot.ts";
import { takeSnapshot } from "./test/take-snapshot.ts";

const HEADS = Array.from({ length: 700 }, (_, id) => sampleHead(id));

function take(heads: Iterable<IndexedHead>, previous: TakenSnapshot | null = null): TakenSnapshot {
  return takeSnapshot(nodeHasher, { facts: sampleFacts(), heads }, previous?.decoded ?? null);
}

/** Everything that a recovery reads, out of a store of chunks. */
function load(snapshot: TakenSnapshot, store: ReadonlyMap<string, string>): IndexedHead[] {
  const decoded = decodeManifest(nodeHasher, snapshot.manifest);
  if (!decoded.ok) throw new Error(decoded.problem);
  return decoded.manifest.chunks.flatMap((ref) => {
    const chunk = decodeChunk(nodeHasher, store.get(ref.hash) ?? "", ref);
    if (!chunk.ok) throw new Error(`${chunk.place}: ${chunk.problem}`);
    return chunk.heads;
  });
}

function byInstance(heads: readonly IndexedHead[]): IndexedHead[] {
  return heads.toSorted((a, b) => (a.document.meta.instance < b.document.meta.instance ? -1 : 1));
}

describe("beginSnapshot", () => {
  it("gives back every document, hash and index", () => {
    for (const count of [0, 1, CHUNK_DOCUMENTS_MAX, CHUNK_DOCUMENTS_MAX + 1, 700]) {
      const some = HEADS.slice(0, count);
      const snapshot = take(some);
      expect(byInstance(load(snapshot, snapshot.chunks))).toEqual(byInstance(some));
      expect(snapshot.index).toBe(4);
    }
  });

  it("writes canonical texts under their hashes", () => {
    const snapshot = take(HEADS.slice(0, 100));
    for (const [hash, text] of snapshot.chunks) {
      expect(hash).toBe(hashOfCanonical(nodeHasher, text));
      expect(canonicalize(JSON.parse(text) as Json)).toBe(text);
    }
    expect(canonicalize(JSON.parse(snapshot.manifest) as Json)).toBe(snapshot.manifest);
  });

  it("makes the same bytes of the same documents in any order, and whatever came before", () => {
    const plain = take(HEADS.slice(0, 300));
    const bytesOf = ({ manifest, chunks }: TakenSnapshot) => [
      manifest,
      [...chunks].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(HEADS.slice(0, 300), { minLength: 300 }), (shuffled) => {
        expect(bytesOf(take(shuffled))).toEqual(bytesOf(plain));
      }),
      { numRuns: 10 },
    );
    const before = take(HEADS.slice(0, 250));
    expect(take(HEADS.slice(0, 300), before).manifest).toBe(plain.manifest);
  });

  it("fills chunks up to their bound and splits by the next digit beyond", () => {
    expect(
      take(HEADS.slice(0, CHUNK_DOCUMENTS_MAX)).decoded.chunks.map((chunk) => chunk.prefix),
    ).toEqual([""]);
    const prefixes = take(HEADS.slice(0, CHUNK_DOCUMENTS_MAX + 1)).decoded.chunks.map(
      (chunk) => chunk.prefix,
    );
    expect(prefixes).toEqual([..."0123456789abcdef"]);
    const { chunks } = take(HEADS).decoded;
    expect(chunks.reduce((sum, chunk) => sum + chunk.count, 0)).toBe(700);
    for (const chunk of chunks) expect(chunk.count).toBeLessThanOrEqual(CHUNK_DOCUMENTS_MAX);
  });

  it("writes only chunks that changed", () => {
    const first = take(HEADS);
    const moved = HEADS.with(123, sampleHead(123, { seq: 2, index: 999 }));
    const second = take(moved, first);
    const key = hex(nodeHasher.sha256("item/i123"));
    const changed = second.decoded.chunks.filter((chunk) => key.startsWith(chunk.prefix));
    expect(changed).toHaveLength(1);
    expect([...second.chunks.keys()]).toEqual(changed.map((chunk) => chunk.hash));
    const store = new Map([...first.chunks, ...second.chunks]);
    expect(byInstance(load(second, store))).toEqual(byInstance(moved));
    const diff = diffChunks(first.decoded, second.decoded);
    expect(diff.added).toEqual(changed);
    expect(diff.removed).toEqual(
      first.decoded.chunks.filter((chunk) => key.startsWith(chunk.prefix)),
    );
    expect(diff.kept).toHaveLength(first.decoded.chunks.length - 1);
    expect(take(HEADS, first).chunks.size).toBe(0);
  });

  it("writes out what is not in the one before, also under another prefix", () => {
    const few = take(HEADS.slice(0, 64));
    const many = take(HEADS.slice(0, 65), few);
    expect(many.chunks.size).toBe(16);
    expect(diffChunks(few.decoded, many.decoded)).toEqual({
      added: many.decoded.chunks,
      kept: [],
      removed: few.decoded.chunks,
    });
    expect(diffChunks(null, few.decoded)).toEqual({
      added: few.decoded.chunks,
      kept: [],
      removed: [],
    });
  });

  it("makes chunks as they are asked for, and its manifest after the last of them", () => {
    const begun = beginSnapshot(
      nodeHasher,
      { facts: sampleFacts(), heads: HEADS.slice(0, 65) },
      null,
    );
    expect(() => begun.manifest).toThrow("once all chunks were made");
    const [first] = begun.chunks;
    expect(first?.[0]).toBe(take(HEADS.slice(0, 65)).decoded.chunks[0]?.hash);
    // Left in the middle, as a journal does whose disk is full: there is no manifest, ever.
    expect([...begun.chunks]).toEqual([]);
    expect(() => begun.decoded).toThrow("once all chunks were made");
  });

  it("takes one head an instance, and a tree as long as the log", () => {
    expect(() => take([sampleHead(1), sampleHead(1, { seq: 2 })])).toThrow("item/i1 has one head");
    const facts = sampleFacts({ lastAppliedIndex: 5 });
    expect(() => takeSnapshot(nodeHasher, { facts, heads: [] }, null)).toThrow("K4");
  });
});

describe("decodeChunk", () => {
  const snapshot = take(HEADS.slice(0, 70));
  const ref = snapshot.decoded.chunks[3];
  if (ref === undefined) throw new Error("a chunk");
  const text = snapshot.chunks.get(ref.hash) ?? "";

  /** A chunk's text changed, under a reference that names the change. */
  function decodeChanged(change: (text: string) => string, over: Partial<ChunkRef> = {}) {
    const changed = change(text);
    const named = { ...(ref as ChunkRef), hash: hashOfCanonical(nodeHasher, changed), ...over };
    const decoded = decodeChunk(nodeHasher, changed, named);
    return decoded.ok ? "ok" : `${decoded.place}: ${decoded.problem}`;
  }

  it("believes nothing but the bytes that were named", () => {
    expect(decodeChunk(nodeHasher, text, ref).ok).toBe(true);
    for (let at = 0; at < text.length; at += 37) {
      const wrong = `${text.slice(0, at)}~${text.slice(at + 1)}`;
      const decoded = decodeChunk(nodeHasher, wrong, ref);
      expect(decoded.ok ? "" : decoded.problem).toContain("has the hash sha256-");
    }
  });

  it("refuses what is not a chunk, though its hash is right", () => {
    expect(decodeChanged((same) => same)).toBe("ok");
    expect(decodeChanged(() => "{")).toContain("chunk");
    expect(decodeChanged((same) => `${same} `)).toBe("chunk: its bytes are not canonical JSON");
    expect(decodeChanged((same) => same.replace('"format":1', '"format":2'))).toContain(
      "chunk.format: must be 1",
    );
    expect(decodeChanged((same) => same, { prefix: "4" })).toBe('chunk.prefix: is not "4"');
    expect(decodeChanged((same) => same, { count: ref.count + 1 })).toContain(
      `not ${ref.count + 1}`,
    );
    expect(decodeChanged((same) => same, { heads: ref.hash })).toContain(
      "not those that the manifest names",
    );
    expect(decodeChanged((same) => same.replace('"seq":1', '"seq":2'))).toContain(
      "not those that the manifest names",
    );
    expect(decodeChanged((same) => same.replace('"ended":false,', ""))).toBe(
      "chunk.documents[0].document.meta.ended: must be true or false; it is missing",
    );
    expect(decodeChanged((same) => same.replace('"A":2', '"A":-2'))).toBe(
      "chunk.documents[0].document.epoch.A: must be an integer from 0 on; it is -2",
    );
    expect(decodeChanged((same) => same.replace('"epoch":{"A":2,"B":1}', '"epoch":[]'))).toBe(
      "chunk.documents[0].document.epoch: must be an object; it is []",
    );
    expect(decodeChanged((same) => same.replace('"timers":[{', '"timers":[{"a":1,'))).toBe(
      "chunk.documents[0].document.timers[0].a: unknown field",
    );
  });

  it("refuses documents out of order, there twice, or of another chunk", () => {
    type Raw = { documents: unknown[] };
    const reorder = (change: (documents: unknown[]) => unknown[]) => (same: string) => {
      const chunk = JSON.parse(same) as Raw;
      return JSON.stringify({ ...chunk, documents: change(chunk.documents) });
    };
    expect(decodeChanged(reorder(([a, b, ...rest]) => [b, a, ...rest]))).toContain(
      "documents[1]: is out of order",
    );
    expect(decodeChanged(reorder(([a, , ...rest]) => [a, a, ...rest]))).toContain(
      "documents[1]: is out of order",
    );
    const other = snapshot.chunks.get(snapshot.decoded.chunks[4]?.hash ?? `sha256-`) ?? "";
    const [stranger] = (JSON.parse(other) as Raw).documents;
    expect(decodeChanged(reorder(([, ...rest]) => [...rest, stranger]))).toContain(
      "belongs into another chunk",
    );
  });
});
