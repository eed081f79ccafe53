import { createHash } from "node:crypto";
import {
  assert,
  batchLength,
  BATCH_HEADER_BYTES,
  digestOfText,
  encodeBatch,
  FRAME_HEADER_BYTES,
  JournalError,
  RECORD_BYTES_MAX,
  SEGMENT_HEADER_BYTES,
  type Journal,
  type JournalBatch,
  type JournalIdentity,
  type KeyIndex,
  type ScannedRecord,
  type SnapshotFiles,
  type StoredSnapshot,
  type Superblock,
  type ValueHash,
} from "@swoosh/kernel";
import { clusterIdOf } from "./cluster-id.ts";
import type { Disk } from "./disk.ts";
import { isFull, journalErrorOf } from "./disk-error.ts";
import type { EvidenceStore } from "./evidence-store.ts";
import { FileKeyIndex, type JournalNote } from "./file-key-index.ts";
import { hasher } from "../hasher.ts";
import type { JournalFolders } from "./journal-folders.ts";
import { digestOfBody } from "./key-file.ts";
import type { JournalLock } from "./journal-lock.ts";
import { LogSegments } from "./log-segments.ts";
import { nextSegmentBytes } from "./next-segment-bytes.ts";
import type { SnapshotStore } from "./snapshot-store.ts";
import { SpareSegment } from "./spare-segment.ts";
import { writeSuperblock } from "./superblock-files.ts";
import { takeBack } from "./take-back.ts";
import { writeAll } from "./whole-file.ts";

/** Of the buffer in which batches are encoded, once there is one. */
const BUFFER_BYTES_MIN = 65_536;

/** The segment that is being written. */
export interface OpenSegment {
  readonly file: number;
  readonly firstIndex: number;
  /** Of the file. */
  readonly bytes: number;
  /** Where the next batch begins: everything from here on is zeros, and durably so, unless `Tail` says otherwise. */
  readonly offset: number;
}

/** What recovery hands to the writer. */
export interface JournalStart {
  readonly disk: Disk;
  readonly folders: JournalFolders;
  readonly lock: JournalLock;
  readonly nodeId: Uint8Array;
  /** Of every new segment; null: as `next-segment-bytes.ts` says. */
  readonly segmentBytes: number | null;
  readonly log: { readonly identity: JournalIdentity; readonly segments: LogSegments } | null;
  readonly segment: OpenSegment | null;
  readonly size: number;
  readonly superblock: Superblock | null;
  /** In how many superblocks the segment of that one is named. */
  readonly namings: number;
  readonly snapshots: SnapshotStore;
  readonly evidence: EvidenceStore;
  readonly cut: CutTail | null;
  /** Records of the last segment, as they were scanned at opening: views of its bytes, which are given away with them. */
  readonly tail: readonly ScannedRecord[];
  readonly note: JournalNote;
}

/** A torn tail that was cut at opening: a batch that was being written when the power failed, acknowledged to nobody. */
export interface CutTail {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
  readonly reason: string;
}

/** Bytes behind the last batch that may not be zeros, because a batch that found no room was begun there. */
interface Leftover {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * The log in a folder. F1: `size` counts records whose bytes were synced under a lock that was still held afterwards.
 * F2: behind the last batch of the open segment there are only zeros, durably, before anything is appended. F3: nothing is
 * written once a call failed otherwise than for want of room. F4: at most one append is under way; they keep their order.
 * F5: nothing is appended to a segment before both superblocks name it, durably, so that a segment lost as a file is missed,
 * also where one of them is lost with it.
 * What is read is what was written: every read is checked against the checksums.
 */
export class FileJournal implements Journal {
  /** What was cut at opening, for the program's log. */
  readonly cut: CutTail | null;
  readonly #start: Omit<JournalStart, "tail">;
  readonly #disk: Disk;
  readonly #spare: SpareSegment;
  #log: JournalStart["log"];
  #segment: OpenSegment | null;
  #leftover: Leftover | null = null;
  #size: number;
  #superblock: Superblock | null;
  #namings: number;
  #termSeen: number;
  #state: "open" | "failed" | "closed" = "open";
  /** Where somebody asked for it. */
  #keys: FileKeyIndex | null = null;
  /** Until the first append, or until somebody asked for their keys. */
  #tail: readonly ScannedRecord[] | null;
  #appends: Promise<void> = Promise.resolve();
  #saves: Promise<void> = Promise.resolve();
  /** For batches; grows with them. */
  #buffer = new Uint8Array(0);

  constructor({ tail, ...start }: JournalStart) {
    this.#start = start;
    this.#disk = start.disk;
    this.#spare = new SpareSegment(start.disk, start.folders.log, start.lock.term);
    this.#log = start.log;
    this.#segment = start.segment;
    this.#size = start.size;
    this.#superblock = start.superblock;
    this.#namings = start.namings;
    this.#termSeen = start.lock.term;
    this.#tail = tail;
    this.cut = start.cut;
  }

  get size(): number {
    return this.#size;
  }

  get term(): number {
    return this.#start.lock.term;
  }

  append(batch: JournalBatch): Promise<void> {
    const done = this.#appends.then(() => this.#append(batch));
    this.#appends = done.catch(() => {});
    return done;
  }

  async read(from: number, limit: number): Promise<readonly string[]> {
    const to = Math.min(from + limit, this.#size);
    const log = this.#log;
    if (log === null || from >= to) return [];
    return this.#reading(`read records ${from} to ${to - 1}`, () => log.segments.read(from, to));
  }

  async snapshots(): Promise<readonly StoredSnapshot[]> {
    return this.#reading("list the snapshots", () => this.#start.snapshots.list());
  }

  saveSnapshot(snapshot: SnapshotFiles): Promise<void> {
    const done = this.#saves.then(() => this.#saveSnapshot(snapshot));
    this.#saves = done.catch(() => {});
    return done;
  }

  async evidence(hash: ValueHash): Promise<string | undefined> {
    return this.#reading(`read evidence ${hash}`, () => this.#start.evidence.read(hash));
  }

  async saveEvidence(hash: ValueHash, text: string): Promise<void> {
    this.#mustBeOpen();
    this.#writing(`store evidence ${hash}`, () => this.#start.evidence.save(hash, text));
  }

  async keys(): Promise<KeyIndex> {
    this.#mustBeOpen();
    this.#keys ??= this.#reading("open the index of keys", () => this.#openKeys());
    return this.#keys;
  }

  #openKeys(): FileKeyIndex {
    const { disk, lock, note } = this.#start;
    const log = (): LogSegments | null => this.#log?.segments ?? null;
    const mayWrite = (): boolean => this.#state === "open" && lock.isHeld();
    const scanned = this.#tail;
    this.#tail = null;
    const last = log()?.sealed().at(-1)?.nextIndex ?? 0;
    const digests =
      scanned === null
        ? (log()?.read(last, this.#size) ?? []).map((text) => digestOfText(hasher, text))
        : scanned.map(({ body }) => digestOfBody(body));
    // Given back at once: a collection that finds the whole segment to be garbage may be long in coming.
    const bytes = scanned?.[0]?.body.buffer;
    if (bytes instanceof ArrayBuffer) bytes.transfer(0);
    return new FileKeyIndex({ disk, log, mayWrite, note }, digests);
  }

  /**
   * Ends the writer: waits for what is under way, notes the clean stop in a superblock, gives up the lock. What has failed
   * only gives up the lock. Rejects with a `JournalError` where the note could not be written; the lock is given up then too.
   */
  async close(): Promise<void> {
    if (this.#state === "closed") return;
    await Promise.all([this.#appends, this.#saves, this.#keys?.close()]);
    const isWhole = this.#state === "open" && this.#start.lock.isHeld();
    this.#state = "closed";
    try {
      await this.#spare.close();
      const snapshot = this.#superblock?.snapshot ?? null;
      if (isWhole) this.#noteSuperblock({ snapshot, wasStopped: true });
    } catch (error) {
      throw journalErrorOf(error, "note the clean stop");
    } finally {
      this.#letGo();
    }
  }

  #letGo(): void {
    try {
      if (this.#segment !== null) this.#disk.close(this.#segment.file);
      this.#segment = null;
      this.#start.lock.release();
    } catch (error) {
      throw journalErrorOf(error, "give up the lock");
    }
  }

  async #append(batch: JournalBatch): Promise<void> {
    this.#mustBeOpen();
    this.#mustHoldTerm(batch.term);
    const { firstIndex, records } = batch;
    const bodies = records.map((text) => Buffer.from(text));
    const longest = bodies.reduce((most, body) => Math.max(most, body.length), 0);
    if (
      firstIndex !== this.#size ||
      bodies.length === 0 ||
      bodies.some(({ length }) => length === 0)
    )
      this.#fail(`a batch of ${records.length} at ${firstIndex} does not continue ${this.#size}`);
    if (longest > RECORD_BYTES_MAX)
      this.#fail(`a record of ${longest} bytes does not fit: ${RECORD_BYTES_MAX} at most`);
    const segment = await this.#room(batch, batchLength(bodies));
    this.#mustHoldTerm(batch.term);
    this.#nameSegment(segment);
    this.#write(segment, { bodies, term: batch.term });
    // Somebody who took over meanwhile may not have seen these bytes: then nobody is told that they are durable.
    this.#mustHoldTerm(batch.term);
    this.#settle(segment, bodies);
    this.#prepareNext();
  }

  /** The open segment, or the next one where the batch does not fit. */
  async #room({ records, term }: JournalBatch, bytes: number): Promise<OpenSegment> {
    const open = this.#segment;
    if (open !== null && open.offset + bytes <= open.bytes) return open;
    const identity = this.#log?.identity ?? {
      clusterId: clusterIdOf(records[0] ?? ""),
      nodeId: this.#start.nodeId,
    };
    const least = Math.max(this.#nextBytes(), SEGMENT_HEADER_BYTES + bytes);
    const header = {
      ...identity,
      firstIndex: this.#size,
      // The superblocks of a log without records may be taken away again (`recover-log.ts`).
      generation: this.#size === 0 ? 0 : (this.#superblock?.generation ?? 0),
    };
    try {
      if (open !== null) this.#clearLeftover(open);
      const fresh = await this.#spare.take(least, header, () => this.#mustHoldTerm(term));
      if (open !== null) this.#disk.close(open.file);
      this.#log ??= { identity, segments: new LogSegments(this.#disk, identity) };
      this.#log.segments.addEmpty(fresh.path, this.#size);
      const sealed = this.#log.segments.sealed().at(-1);
      // Where nothing was appended to the one that was open, the one before it was sealed already.
      if (open !== null && open.firstIndex !== this.#size && sealed !== undefined)
        this.#keys?.seal(sealed);
      const { bytes: length, file } = fresh;
      const { firstIndex } = header;
      this.#segment = { file, firstIndex, bytes: length, offset: SEGMENT_HEADER_BYTES };
      return this.#segment;
    } catch (error) {
      throw this.#told(error, "begin a segment");
    }
  }

  /** F5. Once a segment, and after a start that does not find it named in both. */
  #nameSegment({ firstIndex }: OpenSegment): void {
    try {
      while (this.#superblock?.segment !== firstIndex || this.#namings < 2)
        this.#noteSuperblock({ snapshot: this.#superblock?.snapshot ?? null, wasStopped: false });
    } catch (error) {
      throw this.#told(error, `name the segment at ${firstIndex}`);
    }
  }

  /** One write, one sync. Without room the segment is put back as it was; where not even that has room, later (F2). */
  #write(
    segment: OpenSegment,
    batch: { readonly bodies: readonly Uint8Array[]; readonly term: number },
  ): void {
    const length = batchLength(batch.bodies);
    if (this.#buffer.length < length)
      this.#buffer = new Uint8Array(Math.max(length * 2, BUFFER_BYTES_MIN));
    const place = { firstIndex: this.#size, durable: this.#size - 1, term: batch.term };
    encodeBatch(batch.bodies, place, { target: this.#buffer, offset: 0 });
    try {
      this.#clearLeftover(segment);
      this.#leftover = { offset: segment.offset, bytes: length };
      const bytes = this.#buffer.subarray(0, length);
      writeAll(this.#disk, segment.file, { bytes, offset: segment.offset });
      this.#disk.sync(segment.file);
      this.#leftover = null;
    } catch (error) {
      if (isFull(error)) this.#tryToClear(segment);
      throw this.#told(error, `append ${batch.bodies.length} records`);
    }
  }

  #tryToClear(segment: OpenSegment): void {
    try {
      this.#clearLeftover(segment);
    } catch (error) {
      if (!isFull(error)) throw this.#told(error, "take back a batch");
    }
  }

  /** F2. */
  #clearLeftover(segment: OpenSegment): void {
    const leftover = this.#leftover;
    if (leftover === null) return;
    takeBack(this.#disk, segment.file, { ...leftover, hasHeader: true });
    this.#leftover = null;
  }

  #settle(segment: OpenSegment, bodies: readonly Uint8Array[]): void {
    const offsets: number[] = [];
    let at = segment.offset + BATCH_HEADER_BYTES;
    for (const body of bodies) {
      offsets.push(at);
      at += FRAME_HEADER_BYTES + body.length + 1;
    }
    this.#log?.segments.grow(this.#size, offsets, at);
    this.#segment = { ...segment, offset: at };
    this.#size += bodies.length;
    this.#tail = null;
  }

  #prepareNext(): void {
    const open = this.#segment;
    if (open !== null && open.offset > open.bytes / 2) this.#spare.prepare(this.#nextBytes());
  }

  #nextBytes(): number {
    return this.#start.segmentBytes ?? nextSegmentBytes(this.#segment?.bytes ?? null);
  }

  async #saveSnapshot(snapshot: SnapshotFiles): Promise<void> {
    this.#mustBeOpen();
    this.#mustHoldTerm(this.term);
    assert(snapshot.index < this.#size, "K5: a snapshot holds durable records alone");
    try {
      await this.#start.snapshots.save(snapshot);
      this.#mustBeOpen();
      this.#mustHoldTerm(this.term);
      const hash = createHash("sha256").update(snapshot.manifest).digest("hex");
      const named = { index: snapshot.index, manifest: `sha256-${hash}` as const };
      this.#noteSuperblock({ snapshot: named, wasStopped: false });
      this.#start.snapshots.prune();
    } catch (error) {
      throw this.#told(error, `store the snapshot at ${snapshot.index}`);
    }
  }

  #noteSuperblock(about: Pick<Superblock, "snapshot" | "wasStopped">): void {
    if (this.#log === null) return;
    const superblock = {
      ...this.#log.identity,
      ...about,
      durable: this.#size - 1,
      segment: this.#segment?.firstIndex ?? null,
      generation: (this.#superblock?.generation ?? 0) + 1,
      term: this.#termSeen,
    };
    writeSuperblock(this.#disk, this.#start.folders.root, superblock);
    this.#namings = superblock.segment === this.#superblock?.segment ? this.#namings + 1 : 1;
    this.#superblock = superblock;
  }

  #mustBeOpen(): void {
    if (this.#state === "closed") throw new JournalError("failed", "the journal is closed");
    if (this.#state === "failed")
      throw new JournalError("failed", "the journal failed before; open it again");
  }

  /** K8, and L3 of the lock. */
  #mustHoldTerm(term: number): void {
    const isHeld = this.#checking(() => this.#start.lock.isHeld());
    if (isHeld && term >= this.#termSeen) {
      this.#termSeen = term;
      return;
    }
    this.#state = "failed";
    const why = isHeld ? `it has seen term ${this.#termSeen}` : "another writer took over";
    throw new JournalError("term", `term ${term} may not append: ${why}; stop this writer`);
  }

  #checking<Result>(look: () => Result): Result {
    try {
      return look();
    } catch (error) {
      throw this.#told(error, "look at the lock");
    }
  }

  #writing(act: string, write: () => void): void {
    this.#mustHoldTerm(this.term);
    try {
      write();
    } catch (error) {
      throw this.#told(error, act);
    }
  }

  #reading<Result>(act: string, read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw journalErrorOf(error, act);
    }
  }

  /** The error as the journal's, and F3. */
  #told(error: unknown, act: string): JournalError {
    const told = journalErrorOf(error, act);
    if (told.code !== "full" && this.#state === "open") this.#state = "failed";
    return told;
  }

  #fail(message: string): never {
    this.#state = "failed";
    throw new JournalError("failed", message);
  }
}
