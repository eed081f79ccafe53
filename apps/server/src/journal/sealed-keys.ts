import { crc32c, type KeyDigest } from "@swoosh/kernel";
import { KEY_FILTER_BLOCK_KEYS, KEY_PAGE_ENTRIES } from "./limits.ts";

/**
 * The idempotency keys of one sealed segment, sorted, and where its records lie (kernel design §3). A file of words of 32
 * bits, little-endian; made anew from the segment whenever anything about it is wrong.
 *
 * | at, words | words | field |
 * |---|---|---|
 * | 0 | 1 | magic: `SWKY` |
 * | 1 | 1 | format: 2 |
 * | 2 | 1 | CRC-32C of the head: everything before the pages, with this word as zero |
 * | 3 | 2 | index of the segment's first record: low word, high word |
 * | 5 | 1 | records |
 * | 6 | 1 | keys |
 * | 7 | 1 | marks: offsets of the frames of every sixteenth record |
 * | 8 | 1 | blocks of the filter |
 * | 9 | 1 | offset of the last record's frame in the segment |
 * | 10 | 1 | offset behind the last batch |
 * | 11 | 8 | leaf hash of the last record: with `prev` it names every record of the log up to there |
 * | 19 | marks | the marks |
 * | | 16 × blocks | the filter: blocks of 512 bits, seven of them for each key |
 * | | 2 × pages | for each page the first word of its first digest, and its CRC-32C |
 * | | 5 × keys | pages of 204 entries: the four words of a digest, and the record's place in the segment |
 */
const AT_CRC = 2;
const AT_FIRST = 3;
const AT_RECORDS = 5;
const AT_KEYS = 6;
const AT_MARKS = 7;
const AT_BLOCKS = 8;
const AT_LAST = 9;
const AT_END = 10;
const AT_LEAF = 11;
const LEAF_WORDS = 8;
export const KEY_HEADER_WORDS = AT_LEAF + LEAF_WORDS;
const MAGIC = 0x59_4b_57_53;
/** 2: files of format 1 may be of a segment that was sealed twice, and then hold none of its keys. */
const FORMAT = 2;
const WORD_BYTES = 4;
const ENTRY_WORDS = 5;
const BLOCK_WORDS = 16;
const U32 = 4_294_967_296;

/** What the file says of its segment. */
export interface SealedSegment {
  readonly firstIndex: number;
  readonly records: number;
  readonly marks: Uint32Array;
  readonly lastOffset: number;
  readonly end: number;
  /** 32 bytes. */
  readonly lastLeaf: Uint8Array;
}

/** A page could not be read, or holds other bytes than were written. */
export class KeysDamaged extends Error {
  override readonly name = "KeysDamaged";
}

/** Reads `words` words of the file from word `from` on; fewer where it ends before. */
export type ReadWords = (from: number, words: number) => Uint32Array;

/** A whole file. `entries` are five words each, in any order, and are sorted in place of a copy. */
export function encodeSealedKeys(segment: SealedSegment, unsorted: Uint32Array): Uint32Array {
  const entries = sortEntries(unsorted);
  const keys = entries.length / ENTRY_WORDS;
  const blocks = Math.max(1, Math.ceil(keys / KEY_FILTER_BLOCK_KEYS));
  const { firstIndex, marks } = segment;
  const places = placesOf({ marks: marks.length, blocks, keys });
  const words = new Uint32Array(places.entries + entries.length);
  words.set([MAGIC, FORMAT, 0, firstIndex % U32, Math.floor(firstIndex / U32)]);
  words[AT_RECORDS] = segment.records;
  words[AT_KEYS] = keys;
  words[AT_MARKS] = marks.length;
  words[AT_BLOCKS] = blocks;
  words[AT_LAST] = segment.lastOffset;
  words[AT_END] = segment.end;
  words.set(new Uint32Array(segment.lastLeaf.slice().buffer), AT_LEAF);
  words.set(marks, KEY_HEADER_WORDS);
  words.set(entries, places.entries);
  const filter = words.subarray(places.filter, places.pages);
  for (let at = 0; at < entries.length; at += ENTRY_WORDS)
    mark(filter, entries.subarray(at, at + ENTRY_WORDS));
  for (let page = 0; page < places.pageCount; page += 1) {
    const from = places.entries + page * KEY_PAGE_ENTRIES * ENTRY_WORDS;
    const to = Math.min(words.length, from + KEY_PAGE_ENTRIES * ENTRY_WORDS);
    words[places.pages + page * 2] = words[from] ?? 0;
    words[places.pages + page * 2 + 1] = checksum(words.subarray(from, to));
  }
  words[AT_CRC] = checksum(words.subarray(0, places.entries));
  return words;
}

/** The head of a file, held in memory (some 2.4 bytes a key), and lookups that read one page where the filter lets one by. */
export class SealedKeys {
  readonly segment: SealedSegment;
  readonly #filter: Uint32Array;
  readonly #pages: Uint32Array;
  readonly #places: Places;
  readonly #keys: number;
  readonly #read: ReadWords;

  private constructor(head: Uint32Array, places: Places, read: ReadWords) {
    const word = (at: number): number => head[at] ?? 0;
    this.#places = places;
    this.#keys = word(AT_KEYS);
    this.#read = read;
    this.#filter = head.subarray(places.filter, places.pages);
    this.#pages = head.subarray(places.pages, places.entries);
    this.segment = {
      firstIndex: word(AT_FIRST) + word(AT_FIRST + 1) * U32,
      records: word(AT_RECORDS),
      marks: head.subarray(KEY_HEADER_WORDS, places.filter),
      lastOffset: word(AT_LAST),
      end: word(AT_END),
      lastLeaf: bytesOf(head.subarray(AT_LEAF, AT_LEAF + LEAF_WORDS)),
    };
  }

  /** Undefined where the words are no head of this format. `fileWords`: the length that the file really has. */
  static open(read: ReadWords, fileWords: number): SealedKeys | undefined {
    const header = read(0, KEY_HEADER_WORDS);
    if (header.length < KEY_HEADER_WORDS || header[0] !== MAGIC || header[1] !== FORMAT)
      return undefined;
    const [marks, blocks, keys] = [header[AT_MARKS], header[AT_BLOCKS], header[AT_KEYS]];
    const places = placesOf({ marks: marks ?? 0, blocks: blocks ?? 0, keys: keys ?? 0 });
    if (blocks === 0 || places.entries + (keys ?? 0) * ENTRY_WORDS !== fileWords) return undefined;
    const head = read(0, places.entries).slice();
    if (head.length < places.entries) return undefined;
    const said = head[AT_CRC];
    head[AT_CRC] = 0;
    return said === checksum(head) ? new SealedKeys(head, places, read) : undefined;
  }

  /** Bytes that it holds in memory. */
  get bytes(): number {
    return this.#places.entries * WORD_BYTES;
  }

  /** Index of the record that a key of this digest led to. Throws `KeysDamaged`. */
  find(digest: KeyDigest): number | undefined {
    if (!isMarked(this.#filter, digest)) return undefined;
    const wanted = digest[0] ?? 0;
    // Digests that begin with the same word may lie on both sides of a page's end.
    for (let page = this.#lastPageFor(wanted); page >= 0; page -= 1) {
      const place = findIn(this.#page(page), digest);
      if (place !== undefined) return this.segment.firstIndex + place;
      if ((this.#pages[page * 2] ?? 0) < wanted) return undefined;
    }
    return undefined;
  }

  /** The last page that begins with this word or a smaller one, or -1. */
  #lastPageFor(word: number): number {
    let [low, high] = [0, this.#places.pageCount];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pages[middle * 2] ?? 0) <= word) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #page(page: number): Uint32Array {
    const entries = Math.min(KEY_PAGE_ENTRIES, this.#keys - page * KEY_PAGE_ENTRIES);
    const from = this.#places.entries + page * KEY_PAGE_ENTRIES * ENTRY_WORDS;
    const words = this.#read(from, entries * ENTRY_WORDS);
    if (words.length === entries * ENTRY_WORDS && checksum(words) === this.#pages[page * 2 + 1])
      return words;
    throw new KeysDamaged(`page ${page} is not what it was`);
  }
}

/** Where the parts lie, in words. */
interface Places {
  readonly filter: number;
  readonly pages: number;
  readonly pageCount: number;
  readonly entries: number;
}

function placesOf(counts: {
  readonly marks: number;
  readonly blocks: number;
  readonly keys: number;
}): Places {
  const pageCount = Math.ceil(counts.keys / KEY_PAGE_ENTRIES);
  const filter = KEY_HEADER_WORDS + counts.marks;
  const pages = filter + counts.blocks * BLOCK_WORDS;
  return { filter, pages, pageCount, entries: pages + pageCount * 2 };
}

export function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

function checksum(words: Uint32Array): number {
  return crc32c(
    new DataView(words.buffer, words.byteOffset, words.byteLength),
    0,
    words.byteLength,
  );
}

/** Bits of a digest in its block: three in the second word, three in the fourth, one in what is left of both. */
function bitsOf(digest: Uint32Array): readonly number[] {
  const second = digest[1] ?? 0;
  const fourth = digest[3] ?? 0;
  const rest = ((second >>> 27) | ((fourth >>> 27) << 5)) & 511;
  return [
    second & 511,
    (second >>> 9) & 511,
    (second >>> 18) & 511,
    fourth & 511,
    (fourth >>> 9) & 511,
    (fourth >>> 18) & 511,
    rest,
  ];
}

function blockOf(filter: Uint32Array, digest: Uint32Array): number {
  return ((digest[2] ?? 0) % (filter.length / BLOCK_WORDS)) * BLOCK_WORDS;
}

function mark(filter: Uint32Array, digest: Uint32Array): void {
  const block = blockOf(filter, digest);
  for (const bit of bitsOf(digest)) {
    const at = block + (bit >>> 5);
    filter[at] = (filter[at] ?? 0) | (1 << (bit & 31));
  }
}

function isMarked(filter: Uint32Array, digest: Uint32Array): boolean {
  const block = blockOf(filter, digest);
  for (const bit of bitsOf(digest))
    if (((filter[block + (bit >>> 5)] ?? 0) & (1 << (bit & 31))) === 0) return false;
  return true;
}

/** Negative, zero, positive: the digest at `at` against another. */
function compareAt(words: Uint32Array, at: number, digest: Uint32Array): number {
  for (let word = 0; word < 4; word += 1) {
    const difference = (words[at + word] ?? 0) - (digest[word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function findIn(page: Uint32Array, digest: Uint32Array): number | undefined {
  let [low, high] = [0, page.length / ENTRY_WORDS];
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareAt(page, middle * ENTRY_WORDS, digest);
    if (order === 0) return page[middle * ENTRY_WORDS + 4];
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return undefined;
}

/** By digest. Digests are spread evenly: one pass puts each near its place, a second one moves it there. */
function sortEntries(entries: Uint32Array): Uint32Array {
  const sorted = new Uint32Array(entries.length);
  // As many places as entries, up to a power of two: a small segment costs little.
  const digits = Math.min(16, 32 - Math.clz32(entries.length / ENTRY_WORDS));
  const rest = 32 - digits;
  const starts = new Uint32Array(2 ** digits + 1);
  for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
    const group = ((entries[at] ?? 0) >>> rest) + 1;
    starts[group] = (starts[group] ?? 0) + 1;
  }
  for (let group = 1; group < starts.length; group += 1)
    starts[group] = (starts[group] ?? 0) + (starts[group - 1] ?? 0);
  for (let at = 0; at < entries.length; at += ENTRY_WORDS) {
    const group = (entries[at] ?? 0) >>> rest;
    const place = starts[group] ?? 0;
    starts[group] = place + 1;
    sorted.set(entries.subarray(at, at + ENTRY_WORDS), place * ENTRY_WORDS);
  }
  const entry = new Uint32Array(ENTRY_WORDS);
  for (let at = ENTRY_WORDS; at < sorted.length; at += ENTRY_WORDS) {
    let to = at;
    entry.set(sorted.subarray(at, at + ENTRY_WORDS));
    while (to > 0 && compareAt(sorted, to - ENTRY_WORDS, entry) > 0) {
      sorted.copyWithin(to, to - ENTRY_WORDS, to);
      to -= ENTRY_WORDS;
    }
    if (to !== at) sorted.set(entry, to);
  }
  return sorted;
}
