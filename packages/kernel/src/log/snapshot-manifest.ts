import type { Hasher, LeafHash, ValueHash } from "../hash.ts";
import { hashOfCanonical } from "../hash.ts";
import { isJsonObject } from "../json/json.ts";
import { parseStrictJson } from "../json/parse-json.ts";
import type { ClockBounds } from "../reduce/state.ts";
import {
  aChartName,
  aLeafHash,
  anHlc,
  anIdentityKey,
  aValueHash,
  sortedFlags,
} from "./record-shapes.ts";
import type { ShapeProblem } from "./shape.ts";
import {
  aBoolean,
  aCount,
  arrayOf,
  aString,
  exactly,
  objectOf,
  shapeProblem,
  sortedBy,
} from "./shape.ts";
import type { ChunkRef } from "./snapshot-chunk.ts";
import { aPrefix } from "./snapshot-chunk.ts";
import type { Frontier } from "./tree.ts";
import { isFrontier } from "./tree.ts";

/** A chart that was installed; its normal form is stored as evidence under `hash`. */
export interface SnapshotChart {
  /** New instances of this name get it. */
  readonly current: boolean;
  readonly hash: ValueHash;
  readonly name: string;
}

/** Everything but the documents that the fold of records 0 … `lastAppliedIndex` leaves behind. */
export interface SnapshotFacts {
  /** Journal time of the last record, ms: it never decreases (K2). */
  readonly at: number;
  readonly bounds: ClockBounds;
  /** All that were ever installed: living instances may run under old ones. */
  readonly charts: readonly SnapshotChart[];
  /** Flags that new records are made under, sorted. */
  readonly flags: readonly number[];
  readonly frontier: Frontier;
  readonly lastAppliedHLC: string;
  readonly lastAppliedIndex: number;
  /** Leaf hash of the last record: `prev` of the next one. The frontier has it only where the size is odd. */
  readonly leaf: LeafHash;
  readonly node: string;
  readonly origin: string;
}

/**
 * The head of a snapshot. With its chunks and the records after `lastAppliedIndex` it gives what the whole log gives
 * (K7). Not in it: the idempotency index, which is rebuilt from records (their bodies are never pruned), and what
 * documents say already: timers, open effects, identities, the beat.
 * `checksum` is the value hash of the manifest without it, so a manifest is known to be whole without anything beside it.
 */
export interface SnapshotManifest extends SnapshotFacts {
  readonly checksum: ValueHash;
  /** By prefix; no prefix begins another. */
  readonly chunks: readonly ChunkRef[];
  readonly format: 1;
}

/** The manifest of these facts and chunks, which are put in order. */
export function createManifest(
  hasher: Hasher,
  facts: SnapshotFacts,
  chunks: readonly ChunkRef[],
): SnapshotManifest {
  const manifest = {
    at: facts.at,
    bounds: { aheadMs: facts.bounds.aheadMs, behindMs: facts.bounds.behindMs },
    charts: facts.charts
      .map(({ current, hash, name }) => ({ current, hash, name }))
      .toSorted((a, b) => (a.hash < b.hash ? -1 : 1)),
    chunks: chunks.map(({ count, hash, heads, prefix }) => ({ count, hash, heads, prefix })),
    flags: facts.flags,
    format: 1 as const,
    frontier: { hashes: facts.frontier.hashes, size: facts.frontier.size },
    lastAppliedHLC: facts.lastAppliedHLC,
    lastAppliedIndex: facts.lastAppliedIndex,
    leaf: facts.leaf,
    node: facts.node,
    origin: facts.origin,
  };
  const checksum = hashOfCanonical(hasher, JSON.stringify(manifest));
  return { ...manifest, checksum };
}

/** Canonical JSON of a manifest, the same for the same facts. */
export function encodeManifest(manifest: SnapshotManifest): string {
  const { at, bounds, charts, checksum, ...rest } = manifest;
  return JSON.stringify({ at, bounds, charts, checksum, ...rest });
}

const aManifest = objectOf({
  at: aCount,
  bounds: objectOf({ aheadMs: aCount, behindMs: aCount }),
  charts: sortedBy(objectOf({ current: aBoolean, hash: aValueHash, name: aChartName }), (chart) =>
    String(isJsonObject(chart) && chart["hash"]),
  ),
  checksum: aValueHash,
  chunks: arrayOf(
    objectOf({ count: aCount, hash: aValueHash, heads: aValueHash, prefix: aPrefix }),
  ),
  flags: sortedFlags,
  format: exactly(1),
  frontier: objectOf({ hashes: arrayOf(aLeafHash), size: aCount }),
  lastAppliedHLC: anHlc,
  lastAppliedIndex: aCount,
  leaf: aLeafHash,
  node: anIdentityKey,
  origin: aString,
});

export type DecodedManifest =
  | { readonly ok: true; readonly manifest: SnapshotManifest }
  | { readonly ok: false; readonly place: string; readonly problem: string };

/** Reads a manifest, strictly: what it accepts, `encodeManifest` gives back byte for byte. Total. */
export function decodeManifest(hasher: Hasher, text: string): DecodedManifest {
  const parsed = parseStrictJson(text, { place: "manifest" });
  if (!parsed.ok) return refuse(parsed);
  if (!parsed.canonical)
    return refuse({ place: "manifest", problem: "its bytes are not canonical JSON" });
  const found = shapeProblem(parsed.value, aManifest, "manifest");
  if (found !== undefined) return refuse(found);
  const manifest = asManifest(parsed.value);
  const { checksum, ...rest } = manifest;
  const actual = hashOfCanonical(hasher, JSON.stringify(rest));
  if (actual !== checksum) {
    return refuse({
      place: "manifest.checksum",
      problem: `is ${checksum}, but the rest has ${actual}`,
    });
  }
  const crossed = crossProblem(manifest);
  return crossed === undefined ? { ok: true, manifest } : refuse(crossed);
}

/** What no single field shows. */
function crossProblem(manifest: SnapshotManifest): ShapeProblem | undefined {
  const { charts, chunks, frontier, lastAppliedIndex } = manifest;
  if (frontier.size !== lastAppliedIndex + 1 || !isFrontier(frontier)) {
    return {
      place: "manifest.frontier",
      problem: `is none of a tree of ${lastAppliedIndex + 1} leaves`,
    };
  }
  let before: string | undefined;
  for (const [at, { prefix, count }] of chunks.entries()) {
    const place = `manifest.chunks[${at}]`;
    if (count === 0) return { place, problem: "holds no document" };
    if (before !== undefined && (prefix <= before || prefix.startsWith(before))) {
      return { place, problem: "is out of order, or overlaps the chunk before it" };
    }
    before = prefix;
  }
  const current = new Set<string>();
  for (const [at, chart] of charts.entries()) {
    if (!chart.current) continue;
    if (current.has(chart.name)) {
      return {
        place: `manifest.charts[${at}]`,
        problem: `is a second current chart "${chart.name}"`,
      };
    }
    current.add(chart.name);
  }
  return undefined;
}

function refuse({ place, problem }: ShapeProblem): DecodedManifest {
  return { ok: false, place, problem };
}

/** The one place where a value that was checked field by field becomes a manifest. */
function asManifest(value: unknown): SnapshotManifest {
  return value as SnapshotManifest;
}
