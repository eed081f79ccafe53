import { crc32c, digestOfText, JournalError, type KeyDigest } from "@swoosh/kernel";
import { hasher } from "../hasher.ts";
import type { LevelStore, LevelWrite } from "./level-store.ts";
import { wholeNumberOf } from "./whole-number-of.ts";

/** How many entries there are, as text; in the same batch as each of them. */
const COUNT = "q";
const CRC_BYTES = 4;
/** Entries and records that are looked at together. */
const PAGE = 4_096;

/**
 * The index of idempotency keys, in the same store and the same writes as the records. LevelDB reads its tables without their
 * checksums, and drops what it cannot read of its log, so an entry has a checksum of its own, over its digest too, and their number
 * is kept: at each start all are looked up, and made anew from the records where they do not fit.
 */
export function keyWrites(
  store: LevelStore,
  texts: readonly string[],
  firstIndex: number,
): readonly LevelWrite[] {
  const entries = entriesOf(texts, firstIndex);
  if (entries.length === 0) return [];
  return [...entries, countWrite(wholeNumberOf(COUNT, store.getSync(COUNT)) + entries.length)];
}

/** The record that a key led to. Throws a `JournalError` where the entry is not what was written. */
export function findKey(store: LevelStore, digest: KeyDigest): number | undefined {
  const key = entryKey(digest);
  const stored = store.getSync(key);
  if (stored === undefined) return undefined;
  const index = indexIn(key, stored);
  if (index !== undefined) return index;
  throw new JournalError(
    "corrupt",
    "an entry of the index of idempotency keys is not what was written; start the server again, which makes the index anew",
  );
}

/**
 * Is every entry that was ever written found? What is no entry any more does not count, and leads no key anywhere. Each is looked
 * up beside being met in order: where a table's filter or its index of blocks rotted, it is there and is not found.
 */
export async function keysFit(store: LevelStore): Promise<boolean> {
  let count = 0;
  for (let from = "k"; ;) {
    const page = await store.entries({ gte: from, lt: "l", limit: PAGE });
    for (const [key, value] of page)
      if (indexIn(key, value) !== undefined && store.getSync(key)?.equals(value) === true)
        count += 1;
    if (page.length < PAGE) break;
    from = `${page.at(-1)?.[0] ?? ""}\0`;
  }
  return count === wholeNumberOf(COUNT, store.getSync(COUNT));
}

/**
 * Writes all entries anew, over those that are there: what rotted in a table cannot be taken away for certain. The count comes
 * last, so that a crash on the way leaves an index that does not fit.
 */
export async function rebuildKeys(
  store: LevelStore,
  about: {
    readonly size: number;
    readonly read: (from: number, limit: number) => Promise<readonly string[]>;
  },
): Promise<void> {
  await store.batch([{ type: "del", key: COUNT }]);
  let count = 0;
  for (let from = 0; from < about.size; from += PAGE) {
    const entries = entriesOf(await about.read(from, PAGE), from);
    count += entries.length;
    if (entries.length > 0) await store.batch(entries);
  }
  await store.batch([countWrite(count)]);
}

function entriesOf(texts: readonly string[], firstIndex: number): readonly LevelWrite[] {
  return texts.flatMap((text, at) => {
    const digest = digestOfText(hasher, text);
    return digest === null ? [] : [entryWrite(digest, firstIndex + at)];
  });
}

function entryWrite(digest: KeyDigest, index: number): LevelWrite {
  const key = entryKey(digest);
  const value = Buffer.alloc(CRC_BYTES + String(index).length);
  value.write(String(index), CRC_BYTES, "latin1");
  value.writeUInt32LE(checksumOf(key, value), 0);
  return { type: "put", key, value };
}

function countWrite(count: number): LevelWrite {
  return { type: "put", key: COUNT, value: Buffer.from(String(count)) };
}

/** Undefined where this entry is not what was written. */
function indexIn(key: string, value: Buffer): number | undefined {
  if (value.length <= CRC_BYTES || value.readUInt32LE(0) !== checksumOf(key, value))
    return undefined;
  return Number(value.toString("latin1", CRC_BYTES));
}

/** Over the entry's key and its index. */
function checksumOf(key: string, value: Buffer): number {
  const { buffer, byteOffset, length } = Buffer.concat([
    Buffer.from(key, "latin1"),
    value.subarray(CRC_BYTES),
  ]);
  return crc32c(new DataView(buffer, byteOffset, length), 0, length);
}

function entryKey(digest: KeyDigest): string {
  return `k${Array.from(digest, (word) => word.toString(16).padStart(8, "0")).join("")}`;
}
