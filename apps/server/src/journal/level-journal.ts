import {
  assert,
  crc32c,
  JournalError,
  RECORD_BYTES_MAX,
  type Journal,
  type JournalBatch,
  type KeyDigest,
  type KeyIndex,
  type SnapshotFiles,
  type StoredSnapshot,
  type ValueHash,
} from "@swoosh/kernel";
import { codeOf, journalErrorOf } from "./disk-error.ts";
import { findKey, keysFit, keyWrites, rebuildKeys } from "./level-keys.ts";
import { wholeNumberOf } from "./whole-number-of.ts";
import type { LevelStore, LevelWrite } from "./level-store.ts";

/**
 * | key | value |
 * |---|---|
 * | `t` | highest term that was given to a writer, as text |
 * | `n` | records in the journal, as text; in the same batch as the records |
 * | `r` and 16 digits | CRC-32C of what follows (4 bytes, little-endian), then a record's text |
 * | `k` and 32 hex digits, `q` | the index of idempotency keys, and how many it has (`level-keys.ts`) |
 * | `s` and 16 digits | manifest of the snapshot at this index |
 * | `c` and a hash | a chunk of snapshots |
 * | `e` and a hash | evidence |
 */
const TERM = "t";
const SIZE = "n";
const CHUNK_HASHES = /sha256-[0-9a-f]{64}/gu;
const CRC_BYTES = 4;

/**
 * The journal in a LevelDB. V1: a batch, its keys and the new size are one write, synced before it resolves. V2: after a
 * write that failed nothing more is written: LevelDB cannot say what of it is on the disk, nor take it back, so a full disk
 * is a failure here, and ends the process, where `FileJournal` waits for room. V3: a record and a key have checksums of their
 * own, and whoever reads a snapshot or evidence knows its hash. LevelDB drops the rest of a block of its log where that is
 * damaged, and does not say so: what follows in the log shows at the next start that something is missing, and so do a
 * snapshot and the count of keys; where nothing follows, the end is gone as if it had been torn. `FileJournal` tells the two apart.
 */
export class LevelJournal implements Journal {
  readonly term: number;
  readonly #store: LevelStore;
  readonly #keptMax: number;
  #size: number;
  #state: "open" | "failed" | "closed" = "open";
  #writes: Promise<void> = Promise.resolve();

  private constructor(
    store: LevelStore,
    about: { readonly term: number; readonly size: number; readonly keptMax: number },
  ) {
    this.#store = store;
    this.term = about.term;
    this.#size = about.size;
    this.#keptMax = about.keptMax;
  }

  /** Becomes the writer of what is in this store, which is closed where that fails. */
  static async over(store: LevelStore, keptMax: number): Promise<LevelJournal> {
    try {
      const size = wholeNumberOf(SIZE, store.getSync(SIZE));
      const term = wholeNumberOf(TERM, store.getSync(TERM)) + 1;
      const last = await store.keys({ gte: "r", lt: "s", reverse: true, limit: 1 });
      const found = last[0] === undefined ? 0 : Number(last[0].slice(1)) + 1;
      if (found !== size)
        throw new JournalError(
          "corrupt",
          `the store says that it has ${size} records, and its last one is ${found - 1}; restore the folder from a backup`,
        );
      await store.batch([{ type: "put", key: TERM, value: Buffer.from(String(term)) }]);
      return new LevelJournal(store, { term, size, keptMax });
    } catch (error) {
      await store.close();
      throw toldOf(error, "open the journal");
    }
  }

  get size(): number {
    return this.#size;
  }

  append(batch: JournalBatch): Promise<void> {
    return this.#inTurn(() => this.#append(batch));
  }

  async read(from: number, limit: number): Promise<readonly string[]> {
    const to = Math.min(from + limit, this.#size);
    if (from >= to) return [];
    const range = { gte: recordKey(from), lt: recordKey(to) };
    const entries = await this.#reading(`read records ${from} to ${to - 1}`, () =>
      this.#store.entries(range),
    );
    for (let at = 0; at < to - from; at += 1)
      if (entries[at]?.[0] !== recordKey(from + at))
        throw new JournalError(
          "corrupt",
          `record ${from + at} is not in the store; restore it from a backup`,
        );
    return entries.map(([key, value]) => textOf(key, value));
  }

  async snapshots(): Promise<readonly StoredSnapshot[]> {
    const manifests = await this.#reading("list the snapshots", () =>
      this.#store.entries({ gte: "s", lt: "t", reverse: true }),
    );
    return manifests.map(([, value]) => ({
      manifest: value.toString("utf8"),
      chunk: (hash) =>
        this.#reading(`read chunk ${hash} of a snapshot`, async () =>
          this.#store.getSync(`c${hash}`)?.toString("utf8"),
        ),
    }));
  }

  saveSnapshot(snapshot: SnapshotFiles): Promise<void> {
    return this.#inTurn(async () => {
      assert(snapshot.index < this.#size, "K5: a snapshot holds durable records alone");
      const writes: LevelWrite[] = [...snapshot.chunks].map(([hash, text]) =>
        put(`c${hash}`, text),
      );
      writes.push(put(`s${digitsOf(snapshot.index)}`, snapshot.manifest));
      await this.#write(writes, `store the snapshot at ${snapshot.index}`);
      await this.#prune();
    });
  }

  async evidence(hash: ValueHash): Promise<string | undefined> {
    return this.#reading(`read evidence ${hash}`, async () =>
      this.#store.getSync(`e${hash}`)?.toString("utf8"),
    );
  }

  saveEvidence(hash: ValueHash, text: string): Promise<void> {
    return this.#inTurn(() => this.#write([put(`e${hash}`, text)], `store evidence ${hash}`));
  }

  /** V1: it holds every durable record's key, and is added to by appending alone. */
  async keys(): Promise<KeyIndex> {
    await this.#inTurn(() => this.#mendKeys());
    const size = (): number => this.#size;
    const find = (digest: KeyDigest): number | undefined =>
      reading("look up an idempotency key", () => findKey(this.#store, digest));
    return {
      get size() {
        return size();
      },
      find,
      add(digest) {
        const known = digest === null ? undefined : find(digest);
        assert(known === undefined, `K6: records ${known} and ${size()} have one idempotency key`);
        throw new JournalError(
          "failed",
          "keys are in the index as soon as their records are durable",
        );
      },
    };
  }

  /** Waits for what is under way and gives the store back. */
  async close(): Promise<void> {
    if (this.#state === "closed") return;
    await this.#writes;
    this.#state = "closed";
    await this.#store.close();
  }

  async #append({ firstIndex, records, term }: JournalBatch): Promise<void> {
    this.#mustHoldTerm(term);
    const bodies = records.map((text) => Buffer.from(text));
    if (firstIndex !== this.#size || bodies.length === 0)
      this.#fail(`a batch of ${records.length} at ${firstIndex} does not continue ${this.#size}`);
    if (bodies.some(({ length }) => length === 0 || length > RECORD_BYTES_MAX))
      this.#fail(`a record does not fit: 1 to ${RECORD_BYTES_MAX} bytes`);
    const writes: LevelWrite[] = [];
    for (const [at, body] of bodies.entries()) {
      const index = firstIndex + at;
      writes.push({ type: "put", key: recordKey(index), value: sealed(body) });
    }
    writes.push(
      ...reading("count its idempotency keys", () => keyWrites(this.#store, records, firstIndex)),
    );
    writes.push(put(SIZE, String(firstIndex + records.length)));
    await this.#write(writes, `append ${records.length} records`);
    this.#mustHoldTerm(term);
    this.#size = firstIndex + records.length;
  }

  async #mendKeys(): Promise<void> {
    try {
      if (await keysFit(this.#store)) return;
      const read = (from: number, limit: number) => this.read(from, limit);
      await rebuildKeys(this.#store, { size: this.#size, read });
    } catch (error) {
      this.#state = "failed";
      throw toldOf(error, "make the index of idempotency keys");
    }
  }

  /** Keeps the newest manifests, and the chunks that they name. */
  async #prune(): Promise<void> {
    const manifests = await this.#store.entries({ gte: "s", lt: "t", reverse: true });
    const dropped = manifests.slice(this.#keptMax);
    if (dropped.length === 0) return;
    const kept = manifests.slice(0, this.#keptMax).map(([, value]) => value.toString("utf8"));
    const named = new Set(kept.flatMap((text) => text.match(CHUNK_HASHES) ?? []));
    const chunks = await this.#store.keys({ gte: "c", lt: "d" });
    const keys = [
      ...dropped.map(([key]) => key),
      ...chunks.filter((key) => !named.has(key.slice(1))),
    ];
    await this.#write(
      keys.map((key) => ({ type: "del", key })),
      "drop old snapshots",
    );
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#writes.then(async () => {
      if (this.#state !== "open")
        throw new JournalError("failed", `the journal is ${this.#state}; open it again`);
      this.#mustHoldTerm(this.term);
      await work();
    });
    this.#writes = done.catch(() => {});
    return done;
  }

  /** V2. */
  async #write(writes: readonly LevelWrite[], act: string): Promise<void> {
    try {
      await this.#store.batch(writes);
    } catch (error) {
      this.#state = "failed";
      throw toldOf(error, act);
    }
  }

  async #reading<Result>(act: string, read: () => Promise<Result>): Promise<Result> {
    try {
      return await read();
    } catch (error) {
      throw toldOf(error, act);
    }
  }

  /** K8: another writer of this store has a higher term. */
  #mustHoldTerm(term: number): void {
    const seen = reading("read the term", () => wholeNumberOf(TERM, this.#store.getSync(TERM)));
    if (term >= seen) return;
    this.#state = "failed";
    throw new JournalError(
      "term",
      `term ${term} may not append: the journal has seen term ${seen}; stop this writer`,
    );
  }

  #fail(message: string): never {
    this.#state = "failed";
    throw new JournalError("failed", message);
  }
}

/** What is read at once; LevelDB's own errors are told as the journal's. */
function reading<Result>(act: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw toldOf(error, act);
  }
}

/** LevelDB's own words for bytes that are not what they were; everything else ends the writer. */
function toldOf(error: unknown, act: string): JournalError {
  if (codeOf(error) === "LEVEL_CORRUPTION")
    return new JournalError("corrupt", `LevelDB cannot ${act}: its files are damaged`, {
      cause: error,
    });
  const told = journalErrorOf(error, act);
  return told.code === "full" ? new JournalError("failed", told.message, { cause: error }) : told;
}

function put(key: string, text: string): LevelWrite {
  return { type: "put", key, value: Buffer.from(text) };
}

function digitsOf(index: number): string {
  return String(index).padStart(16, "0");
}

function recordKey(index: number): string {
  return `r${digitsOf(index)}`;
}

/** V3. */
function sealed(body: Buffer): Buffer {
  const value = Buffer.alloc(CRC_BYTES + body.length);
  value.writeUInt32LE(checksumOf(body), 0);
  body.copy(value, CRC_BYTES);
  return value;
}

function textOf(key: string, value: Buffer): string {
  const body = value.subarray(CRC_BYTES);
  if (value.length <= CRC_BYTES || value.readUInt32LE(0) !== checksumOf(body))
    throw new JournalError(
      "corrupt",
      `record ${Number(key.slice(1))} is not what was written; restore it from a backup`,
    );
  return body.toString("utf8");
}

function checksumOf({ buffer, byteOffset, byteLength }: Uint8Array): number {
  return crc32c(new DataView(buffer, byteOffset, byteLength), 0, byteLength);
}
