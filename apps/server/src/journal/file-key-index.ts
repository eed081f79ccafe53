import { dirname } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { assert, IdempotencyIndex, type KeyDigest, type KeyIndex } from "@swoosh/kernel";
import type { Disk } from "./disk.ts";
import { journalErrorOf } from "./disk-error.ts";
import { keysFromLog, keysInMemory, keysOnDisk, openKeyFile, segmentOf } from "./key-file.ts";
import type { LogSegments, Sealed } from "./log-segments.ts";
import { bytesOf, encodeSealedKeys, KeysDamaged, type SealedKeys } from "./sealed-keys.ts";
import { keysPath } from "./segment-name.ts";
import { storeFile, storeFileApart } from "./whole-file.ts";

/** Something about the index that a person may want to know; the journal goes on in any case. */
export type JournalNote = (message: string) => void;

export interface KeyIndexDoors {
  readonly disk: Disk;
  /** Null while nothing was ever appended. */
  readonly log: () => LogSegments | null;
  /** May files be written? Not after the journal failed, or lost its lock. */
  readonly mayWrite: () => boolean;
  readonly note: JournalNote;
}

const ENTRY_WORDS = 5;

/**
 * `KeyIndex` over files: one for each sealed segment, and the keys of the open one in memory. N1: sealed files and the
 * tail leave no gap and do not overlap. N2: a file that is damaged is never answered from; its segment is read instead,
 * and gives a new file. N3: what cannot be stored is kept in memory: files only make the next start quicker.
 */
export class FileKeyIndex implements KeyIndex {
  readonly #doors: KeyIndexDoors;
  readonly #sealed: { readonly segment: Sealed; keys: SealedKeys }[] = [];
  readonly #waiting: Sealed[] = [];
  #tail: IdempotencyIndex;
  #work: Promise<void> | null = null;
  /** A file could not be made: from then on no other is, and the tail keeps every key that is not sealed (N3). */
  #isGivenUp = false;

  /** `tail`: keys of the last segment. Throws `JournalError`s where a segment has to be read and cannot be. */
  constructor(doors: KeyIndexDoors, tail: readonly (KeyDigest | null)[]) {
    this.#doors = doors;
    const segments = doors.log();
    for (const segment of segments?.sealed() ?? []) {
      const reading = openKeyFile(doors.disk, segment);
      const keys = reading.ok ? reading.keys : this.#remake(segment, reading.problem);
      segments?.tell(segment.firstIndex, keys.segment);
      this.#sealed.push({ segment, keys });
    }
    this.#tail = new IdempotencyIndex(this.#sealed.at(-1)?.segment.nextIndex ?? 0);
    for (const digest of tail) this.#tail.add(digest);
  }

  get size(): number {
    return this.#tail.size;
  }

  /** Bytes that it holds in memory. */
  get bytes(): number {
    return this.#sealed.reduce((sum, { keys }) => sum + keys.bytes, this.#tail.bytes);
  }

  find(digest: KeyDigest): number | undefined {
    return this.#tail.find(digest) ?? this.#findSealed(digest);
  }

  add(digest: KeyDigest | null): void {
    if (digest !== null) {
      const known = this.#findSealed(digest);
      assert(known === undefined, `K6: records ${known} and ${this.size} have one idempotency key`);
    }
    this.#tail.add(digest);
    this.#pump();
  }

  /** Nothing is appended to this segment any more. Its file is made beside the caller's work. */
  seal(segment: Sealed): void {
    if (this.#isGivenUp) return;
    const before = this.#waiting.at(-1) ?? this.#sealed.at(-1)?.segment;
    assert(
      before === undefined || before.nextIndex <= segment.firstIndex,
      `N1: the segment at ${segment.firstIndex} is sealed once`,
    );
    this.#waiting.push(segment);
    this.#pump();
  }

  /** Resolves when no file is being made. */
  async close(): Promise<void> {
    this.#waiting.length = 0;
    await this.#work;
  }

  #findSealed(digest: KeyDigest): number | undefined {
    for (const one of this.#sealed) {
      const found = this.#findIn(one, digest);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** N2. */
  #findIn(
    one: { readonly segment: Sealed; keys: SealedKeys },
    digest: KeyDigest,
  ): number | undefined {
    try {
      return one.keys.find(digest);
    } catch (error) {
      const problem =
        error instanceof KeysDamaged ? error.message : journalErrorOf(error, "read it").message;
      one.keys = this.#remake(one.segment, problem);
      return one.keys.find(digest);
    }
  }

  /** There are segments where one of them is spoken of. */
  #segments(): LogSegments {
    const segments = this.#doors.log();
    assert(segments !== null, "N1: what is sealed is in the log");
    return segments;
  }

  #remake(segment: Sealed, problem: string): SealedKeys {
    const { disk, mayWrite, note } = this.#doors;
    const path = keysPath(segment.path);
    note(
      `${path}: ${problem}; the keys of records ${segment.firstIndex} to ${segment.nextIndex - 1} are read from the log again`,
    );
    try {
      const words = keysFromLog(this.#segments(), segment);
      if (!mayWrite()) return keysInMemory(words);
      try {
        storeFile(disk, path, bytesOf(words));
        disk.syncFolder(dirname(path));
        return keysOnDisk(disk, path, words);
      } catch (error) {
        note(`${path}: it cannot be stored: ${journalErrorOf(error, "store it").message}`);
        return keysInMemory(words);
      }
    } catch (error) {
      throw journalErrorOf(error, `read the segment ${segment.path}`);
    }
  }

  /** Begins to make the next file, where the engine has added all keys of its segment. */
  #pump(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#work !== null || next.nextIndex > this.size) return;
    this.#waiting.shift();
    this.#work = this.#store(next).finally(() => {
      this.#work = null;
      this.#pump();
    });
  }

  async #store(segment: Sealed): Promise<void> {
    const { disk, mayWrite, note } = this.#doors;
    const path = keysPath(segment.path);
    const segments = this.#segments();
    await nextTurn();
    let words: ReturnType<typeof encodeSealedKeys>;
    try {
      const last = segments.read(segment.nextIndex - 1, segment.nextIndex)[0] ?? "";
      const about = segmentOf(segment, segments.layout(segment.firstIndex), last);
      words = encodeSealedKeys(about, this.#entriesOf(segment));
    } catch (error) {
      // Nobody waits for this, so nobody hears of it: all keys stay in memory, and the next start makes the files.
      this.#isGivenUp = true;
      this.#waiting.length = 0;
      note(`${path}: it cannot be made: ${journalErrorOf(error, "read the segment").message}`);
      return;
    }
    let keys = keysInMemory(words);
    try {
      await nextTurn();
      if (mayWrite()) {
        await storeFileApart(disk, path, bytesOf(words));
        disk.syncFolder(dirname(path));
        keys = keysOnDisk(disk, path, words);
      }
    } catch (error) {
      note(`${path}: it cannot be stored: ${journalErrorOf(error, "store it").message}`);
    }
    this.#sealed.push({ segment, keys });
    this.#forget(segment.nextIndex);
  }

  #entriesOf({ firstIndex, nextIndex }: Sealed): Uint32Array {
    const entries = new Uint32Array(this.#tail.count * ENTRY_WORDS);
    let to = 0;
    this.#tail.forEach((digest, index) => {
      if (index >= nextIndex) return;
      entries.set(digest, to);
      entries[to + 4] = index - firstIndex;
      to += ENTRY_WORDS;
    });
    return entries.subarray(0, to);
  }

  /** N1: the tail gives up what is sealed. */
  #forget(nextIndex: number): void {
    const later: (KeyDigest | null)[] = Array.from({ length: this.size - nextIndex }, () => null);
    this.#tail.forEach((digest, index) => {
      if (index >= nextIndex) later[index - nextIndex] = digest.slice();
    });
    this.#tail = new IdempotencyIndex(nextIndex);
    for (const digest of later) this.#tail.add(digest);
  }
}
