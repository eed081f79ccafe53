import {
  assert,
  hex,
  leafHash,
  createNodeHasher,
  parseTilePath,
  planConsistency,
  planInclusion,
  proofOf,
  TILE_HEIGHT,
  TILE_WIDTH,
  type Hasher,
  type LeafHash,
  type NodePlace,
} from "@swoosh/kernel";

const HASH_BYTES = 32;
/** Records read at a time while the tree catches up: some ms of the loop. */
const PAGE_RECORDS = 1_000;

/** Where the tree finds the log. */
export interface LeafSource {
  readonly hasher: Hasher;
  /** Durable records. */
  readonly size: number;
  records(from: number, limit: number): Promise<readonly string[]>;
}

/**
 * The log's Merkle tree (RFC 6962) with all its whole subtrees in memory: 64 bytes a record. Made from the log when it is
 * first asked for, and follows it from there. Never larger than what is durable, for it is made of durable records alone.
 */
export class LogTree {
  readonly #source: LeafSource;
  readonly #nodeHash;
  /** `#levels[l]`: hashes of whole subtrees of 2^l leaves, one behind the other. */
  readonly #levels: Row[] = [];
  #catching: Promise<void> | null = null;

  constructor(source: LeafSource) {
    this.#source = source;
    this.#nodeHash = createNodeHasher(source.hasher);
  }

  /** Leaves in it. */
  get size(): number {
    return this.#levels[0]?.length ?? 0;
  }

  /** Resolves when every record that was durable at this call is in it. */
  async caughtUp(): Promise<void> {
    const { size } = this.#source;
    while (this.size < size) {
      this.#catching ??= this.#catch().finally(() => {
        this.#catching = null;
      });
      await this.#catching;
    }
  }

  /** PATH(index, D[size]); undefined where the tree has no such size yet, or the leaf lies behind it. */
  inclusion(index: number, size: number): readonly LeafHash[] | undefined {
    if (size > this.size || index >= size) return undefined;
    return this.#proof(planInclusion({ index, size }));
  }

  /** PROOF(from, D[to]); undefined where the tree has no such sizes. */
  consistency(from: number, to: number): readonly LeafHash[] | undefined {
    if (from > to || to > this.size) return undefined;
    return this.#proof(planConsistency({ from, to }));
  }

  /** Bytes of `<L>/<N>[.p/<W>]` (C2SP tlog-tiles), or undefined where the tree has no such tile. */
  tile(path: string): Uint8Array | undefined {
    const tile = parseTilePath(`tile/${path}`);
    if (tile === undefined) return undefined;
    const row = this.#levels[tile.level * TILE_HEIGHT];
    const from = tile.index * TILE_WIDTH;
    if (row === undefined || from + tile.width > row.length) return undefined;
    return row.slice(from, from + tile.width);
  }

  #proof(plan: ReturnType<typeof planInclusion>): readonly LeafHash[] | undefined {
    const nodes = ({ index, level }: NodePlace): LeafHash | undefined => {
      const row = this.#levels[level];
      return row === undefined || index >= row.length ? undefined : hex(row.at(index));
    };
    return proofOf(this.#source.hasher, { plan, nodes });
  }

  async #catch(): Promise<void> {
    const texts = await this.#source.records(this.size, PAGE_RECORDS);
    assert(texts.length > 0, `durable records from ${this.size} on can be read`);
    for (const text of texts) this.#add(Buffer.from(leafHash(this.#source.hasher, text), "hex"));
  }

  #add(leaf: Uint8Array): void {
    let hash = leaf;
    for (let level = 0; ; level += 1) {
      const row = (this.#levels[level] ??= new Row());
      row.push(hash);
      if (row.length % 2 === 1) return;
      hash = this.#nodeHash(row.at(row.length - 2), hash);
    }
  }
}

/** Hashes in one growing array: nothing for the garbage collector to look at. */
class Row {
  length = 0;
  #bytes = new Uint8Array(64 * HASH_BYTES);

  push(hash: Uint8Array): void {
    const offset = this.length * HASH_BYTES;
    if (offset === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(hash, offset);
    this.length += 1;
  }

  at(index: number): Uint8Array {
    return this.#bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  slice(from: number, to: number): Uint8Array {
    return this.#bytes.slice(from * HASH_BYTES, to * HASH_BYTES);
  }
}
