import type { Hasher, ValueHash } from "../hash.ts";
import { hashOfCanonical, hexDigest } from "../hash.ts";
import { assert } from "../invariant.ts";
import { parseStrictJson } from "../json/parse-json.ts";
import { compareUtf16 } from "../json/text.ts";
import { CHUNK_DEPTH_MAX, CHUNK_DOCUMENTS_MAX } from "../limits.ts";
import type { Document, IndexedHead } from "../reduce/document.ts";
import {
  aChartName,
  anEffect,
  anHlc,
  anInstance,
  aTimer,
  aValueHash,
  sortedStrings,
} from "./record-shapes.ts";
import type { ShapeProblem } from "./shape.ts";
import {
  aBoolean,
  aCount,
  anyJsonObject,
  arrayOf,
  aString,
  exactly,
  mapOf,
  objectOf,
  shapeProblem,
  stringOf,
} from "./shape.ts";

/**
 * What a manifest says of a chunk. A chunk holds the documents of the instances whose hash (SHA-256 of the instance's
 * name, hex) begins with `prefix`.
 */
export interface ChunkRef {
  readonly count: number;
  /** Value hash of the chunk's text: its name in a store. */
  readonly hash: ValueHash;
  /** Hash over the hashes of its documents in order: tells whether it changed without writing it out. */
  readonly heads: ValueHash;
  readonly prefix: string;
}

/** The heads of one chunk, in order of their instances' hashes. */
export interface ChunkGroup {
  readonly prefix: string;
  readonly heads: readonly IndexedHead[];
}

interface PlacedHead {
  readonly key: string;
  readonly head: IndexedHead;
}

function keyOf(hasher: Hasher, instance: string): string {
  return hexDigest(hasher, instance);
}

/**
 * Groups heads by prefix: a prefix with more than `CHUNK_DOCUMENTS_MAX` documents is split by its next digit. The groups
 * are a function of the set alone, so the same documents make the same chunks in whatever order they came to be.
 */
export function groupHeads(hasher: Hasher, heads: Iterable<IndexedHead>): readonly ChunkGroup[] {
  const placed: PlacedHead[] = [];
  for (const head of heads) placed.push({ key: keyOf(hasher, head.document.meta.instance), head });
  placed.sort((a, b) => compareUtf16(a.key, b.key));
  for (const [at, { key, head }] of placed.entries()) {
    assert(placed[at - 1]?.key !== key, `${head.document.meta.instance} has one head`);
  }
  const groups: ChunkGroup[] = [];
  split(placed, "", groups);
  return groups;
}

function split(placed: readonly PlacedHead[], prefix: string, groups: ChunkGroup[]): void {
  if (placed.length <= CHUNK_DOCUMENTS_MAX) {
    if (placed.length > 0) groups.push({ prefix, heads: placed.map(({ head }) => head) });
    return;
  }
  const byDigit = new Map<string, PlacedHead[]>();
  for (const one of placed) {
    const longer = one.key.slice(0, prefix.length + 1);
    const group = byDigit.get(longer) ?? [];
    group.push(one);
    byDigit.set(longer, group);
  }
  for (const [longer, group] of byDigit) split(group, longer, groups);
}

/** Hash over a group's document hashes; `ChunkRef.heads`. */
export function headsHash(hasher: Hasher, group: ChunkGroup): ValueHash {
  return hashOfCanonical(hasher, group.heads.map((head) => head.hash).join("\n"));
}

/** Canonical JSON of a chunk. */
export function encodeChunk(group: ChunkGroup): string {
  const documents = group.heads.map(({ document, index }) => ({ document, index }));
  return JSON.stringify({ documents, format: 1, prefix: group.prefix });
}

const aDocument = objectOf({
  configuration: sortedStrings,
  context: anyJsonObject,
  effects: arrayOf(anEffect),
  epoch: mapOf(aCount),
  history: mapOf(sortedStrings),
  hlc_last: anHlc,
  meta: objectOf({
    chart: aChartName,
    chart_hash: aValueHash,
    ended: aBoolean,
    instance: anInstance,
    origin: aString,
    seq: aCount,
    version: aCount,
  }),
  timers: arrayOf(aTimer),
});

export const aPrefix = stringOf(/^[0-9a-f]{0,64}$/, "a prefix of up to 64 hex digits");

const aChunk = objectOf({
  documents: arrayOf(objectOf({ document: aDocument, index: aCount })),
  format: exactly(1),
  prefix: aPrefix,
});

interface Chunk {
  readonly documents: readonly { readonly document: Document; readonly index: number }[];
  readonly prefix: string;
}

export type DecodedChunk =
  | { readonly ok: true; readonly heads: readonly IndexedHead[] }
  | { readonly ok: false; readonly place: string; readonly problem: string };

/** Reads a chunk that a manifest names; nothing is believed that its hash does not cover. Total. */
export function decodeChunk(hasher: Hasher, text: string, ref: ChunkRef): DecodedChunk {
  const hash = hashOfCanonical(hasher, text);
  if (hash !== ref.hash)
    return refuse({ place: "chunk", problem: `has the hash ${hash}, not ${ref.hash}` });
  const parsed = parseStrictJson(text, { place: "chunk", depthMax: CHUNK_DEPTH_MAX });
  if (!parsed.ok) return refuse(parsed);
  if (!parsed.canonical)
    return refuse({ place: "chunk", problem: "its bytes are not canonical JSON" });
  const found = shapeProblem(parsed.value, aChunk, "chunk");
  if (found !== undefined) return refuse(found);
  const chunk = asChunk(parsed.value);
  const crossed = crossProblem(hasher, chunk, ref);
  if (crossed !== undefined) return refuse(crossed);
  const heads = chunk.documents.map(({ document, index }) => ({
    document,
    hash: hashOfCanonical(hasher, JSON.stringify(document)),
    index,
  }));
  if (headsHash(hasher, { prefix: chunk.prefix, heads }) !== ref.heads) {
    return refuse({
      place: "chunk",
      problem: "its documents are not those that the manifest names",
    });
  }
  return { ok: true, heads };
}

function crossProblem(hasher: Hasher, chunk: Chunk, ref: ChunkRef): ShapeProblem | undefined {
  if (chunk.prefix !== ref.prefix)
    return { place: "chunk.prefix", problem: `is not "${ref.prefix}"` };
  if (chunk.documents.length !== ref.count) {
    return {
      place: "chunk.documents",
      problem: `has ${chunk.documents.length} documents, not ${ref.count}`,
    };
  }
  let before = "";
  for (const [at, { document }] of chunk.documents.entries()) {
    const key = keyOf(hasher, document.meta.instance);
    const place = `chunk.documents[${at}]`;
    if (!key.startsWith(chunk.prefix))
      return { place, problem: "its instance belongs into another chunk" };
    if (!(before < key)) return { place, problem: "is out of order, or there twice" };
    before = key;
  }
  return undefined;
}

function refuse({ place, problem }: ShapeProblem): DecodedChunk {
  return { ok: false, place, problem };
}

/** The one place where a value that was checked field by field becomes a chunk. */
function asChunk(value: unknown): Chunk {
  return value as Chunk;
}
