import type { Hasher, LeafHash } from "../hash.ts";
import { hex } from "../hash.ts";
import { assert } from "../invariant.ts";
import { hexBytes } from "./hex-bytes.ts";
import { createNodeHasher, HASH_BYTES } from "./node-hash.ts";
import type { NodePlace, NodeSource, ProofPlan } from "./proof.ts";
import { foldRight } from "./tree.ts";

/**
 * Tiles of the log (C2SP tlog-tiles): the tree cut into rows of 256 hashes. A tile of level 0 holds leaf hashes, one of
 * level L + 1 the roots of full tiles of level L. Entry bundles are not part of the public log (kernel design §4),
 * so their paths are no tiles here.
 */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** Hashes in it: 256, or 1 … 255 for the last one of its level. */
  readonly width: number;
}

export const TILE_WIDTH = 256;
/** Levels of the tree that one tile spans: 2^8 hashes. */
export const TILE_HEIGHT = 8;
/** The specification's bound; a tree whose size is a safe integer has tiles up to level 6. */
const TILE_LEVEL_MAX = 63;

/** `tile/<L>/<N>[.p/<W>]`, N in groups of three digits, all but the last with `x` before them. */
export function tilePath(tile: Tile): string {
  const suffix = tile.width === TILE_WIDTH ? "" : `.p/${tile.width}`;
  return `tile/${tile.level}/${groupsOf(tile.index)}${suffix}`;
}

function groupsOf(index: number): string {
  let rest = index;
  let text = "";
  do {
    const group = String(rest % 1000).padStart(3, "0");
    text = text === "" ? group : `x${group}/${text}`;
    rest = (rest - (rest % 1000)) / 1000;
  } while (rest > 0);
  return text;
}

const PATH = /^tile\/(0|[1-9]\d?)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** The tile that a path names, or undefined; every tile has exactly one path. */
export function parseTilePath(path: string): Tile | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, level = "", groups = "", width = String(TILE_WIDTH)] = match;
  const index = Number(groups.replaceAll(/[x/]/g, ""));
  const tile = { level: Number(level), index, width: Number(width) };
  if (tile.level > TILE_LEVEL_MAX || tile.width > TILE_WIDTH) return undefined;
  if (!Number.isSafeInteger(index)) return undefined;
  return tilePath(tile) === path ? tile : undefined;
}

/** Hashes that the level's row has in a tree of `size` leaves. */
function rowLength(level: number, size: number): number {
  let length = size;
  for (let at = 0; at < level; at++) length = (length - (length % TILE_WIDTH)) / TILE_WIDTH;
  return length;
}

/**
 * Tiles that a tree of `to` leaves has and a tree of `from` leaves has not, level by level: those a writer stores
 * when the tree has grown. `from` = 0: all tiles. Partial ones are of the width that `to` asks for.
 */
export function tilesBetween(sizes: {
  readonly from: number;
  readonly to: number;
}): readonly Tile[] {
  assert(sizes.from >= 0 && sizes.from <= sizes.to, `tiles from ${sizes.from} to ${sizes.to}`);
  const tiles: Tile[] = [];
  for (let level = 0; rowLength(level, sizes.to) > 0; level++) {
    const before = rowLength(level, sizes.from);
    const after = rowLength(level, sizes.to);
    for (let start = before - (before % TILE_WIDTH); start < after; start += TILE_WIDTH) {
      const width = Math.min(TILE_WIDTH, after - start);
      if (start + width > before) tiles.push({ level, index: start / TILE_WIDTH, width });
    }
  }
  return tiles;
}

/** The tile of a tree of `size` leaves that shows a node, and which of its hashes the node spans. */
export function tileOfNode(
  place: NodePlace,
  size: number,
): { readonly tile: Tile; readonly from: number; readonly to: number } {
  const height = place.level % TILE_HEIGHT;
  const level = (place.level - height) / TILE_HEIGHT;
  const span = 1 << height;
  const start = place.index * span;
  const from = start % TILE_WIDTH;
  const index = (start - from) / TILE_WIDTH;
  const width = Math.min(TILE_WIDTH, rowLength(level, size) - index * TILE_WIDTH);
  assert(from + span <= width, `node ${place.level}/${place.index} is in a tree of ${size} leaves`);
  return { tile: { level, index, width }, from, to: from + span };
}

/** The tiles to fetch for a proof in a tree of `size` leaves, each once. */
export function tilesOfPlan(plan: ProofPlan, size: number): readonly Tile[] {
  const tiles = new Map<string, Tile>();
  for (const place of plan.flat()) {
    const { tile } = tileOfNode(place, size);
    tiles.set(tilePath(tile), tile);
  }
  return [...tiles.values()];
}

/** Bytes of a tile from its hashes. */
export function tileBytes(hashes: readonly LeafHash[]): Uint8Array {
  assert(hashes.length > 0 && hashes.length <= TILE_WIDTH, "a tile has 1 to 256 hashes");
  const bytes = new Uint8Array(hashes.length * HASH_BYTES);
  for (const [at, hash] of hashes.entries()) bytes.set(hexBytes(hash), at * HASH_BYTES);
  return bytes;
}

/** Root over a full tile: its hash in the tile of the level above. */
export function tileRoot(hasher: Hasher, bytes: Uint8Array): LeafHash {
  assert(
    bytes.length === TILE_WIDTH * HASH_BYTES,
    "only full tiles are hashed into the level above",
  );
  return subtreeRoot(hasher, bytes, { from: 0, to: TILE_WIDTH });
}

/**
 * Nodes of a tree of `size` leaves out of its tiles alone. `bytesOf` gives a tile's bytes; a tile that it lacks, or that
 * is not as long as it must be, has no nodes.
 */
export function nodesOfTiles(
  hasher: Hasher,
  from: { readonly size: number; bytesOf(tile: Tile): Uint8Array | undefined },
): NodeSource {
  return (place) => {
    const { tile, ...span } = tileOfNode(place, from.size);
    const bytes = from.bytesOf(tile);
    if (bytes === undefined || bytes.length !== tile.width * HASH_BYTES) return undefined;
    return subtreeRoot(hasher, bytes, span);
  };
}

/** Root over a power of two of a tile's hashes. */
function subtreeRoot(
  hasher: Hasher,
  bytes: Uint8Array,
  span: { readonly from: number; readonly to: number },
): LeafHash {
  const nodeHash = createNodeHasher(hasher);
  let row: Uint8Array[] = [];
  for (let at = span.from; at < span.to; at++) {
    row.push(bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
  }
  while (row.length > 2) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < row.length; at += 2)
      above.push(foldRight(row.slice(at, at + 2), nodeHash));
    row = above;
  }
  return hex(foldRight(row, nodeHash));
}
