import { JournalError } from "../engine/journal-error.ts";
import { IdempotencyIndex } from "../engine/idempotency-index.ts";
import { digestOfText } from "../engine/key-digest.ts";
import type {
  Journal,
  JournalBatch,
  KeyIndex,
  SnapshotFiles,
  StoredSnapshot,
} from "../engine/ports.ts";
import type { ValueHash } from "../hash.ts";
import type { MemoryDisk } from "./memory-disk.ts";
import { nodeHasher } from "./node-hasher.ts";

/**
 * What may happen to one append.
 * `full`: no room, nothing written. `failed-lost`, `failed-kept`: the sync failed, and the batch is not, or is, on the
 * disk. `torn`: half of it was written when the sync failed. `crash-before-sync`, `crash-after-sync`: the process dies,
 * so nothing settles any more. `slow`: waits for `release`.
 */
export type AppendFault =
  | "full"
  | "failed-lost"
  | "failed-kept"
  | "torn"
  | "crash-before-sync"
  | "crash-after-sync"
  | "slow";

/** One writer's sight of a `MemoryDisk`, with faults on demand. */
export class MemoryJournal implements Journal {
  readonly term: number;
  readonly #disk: MemoryDisk;
  readonly #faults: AppendFault[] = [];
  #size: number;
  #state: "open" | "failed" | "dead" = "open";
  #held: (() => void)[] = [];
  /** Appends that were begun, for tests that count syncs. */
  appends = 0;

  constructor(disk: MemoryDisk, term: number) {
    this.#disk = disk;
    this.#size = disk.durable;
    this.term = term;
  }

  get size(): number {
    return this.#size;
  }

  get crashed(): boolean {
    return this.#state === "dead";
  }

  /** Plans a fault for the next append that has none; several make a queue. */
  plan(...faults: readonly AppendFault[]): void {
    this.#faults.push(...faults);
  }

  /** Lets slow appends go on. */
  release(): void {
    const held = this.#held;
    this.#held = [];
    for (const resume of held) resume();
  }

  /** The process dies: nothing that is under way settles, and what was not synced is lost. */
  crash(): void {
    this.#state = "dead";
  }

  async append(batch: JournalBatch): Promise<void> {
    this.appends += 1;
    const fault = this.#faults.shift();
    await this.#alive();
    if (fault === "slow") await new Promise<void>((resume) => this.#held.push(resume));
    await this.#alive();
    this.#check(batch);
    if (this.#disk.full || fault === "full")
      throw new JournalError(
        "full",
        `no room for ${batch.records.length} records; free some space`,
      );
    await this.#write(batch, fault);
    this.#check(batch);
    this.#disk.durable = this.#disk.written.length;
    if (fault === "crash-after-sync") this.crash();
    await this.#alive();
    if (fault === "failed-kept") this.#fail("the sync failed after the batch had reached the disk");
    this.#size = this.#disk.durable;
  }

  async read(from: number, limit: number): Promise<readonly string[]> {
    await this.#alive();
    return this.#disk.written.slice(from, Math.min(from + limit, this.#size));
  }

  async snapshots(): Promise<readonly StoredSnapshot[]> {
    await this.#alive();
    return this.#disk.snapshots.toReversed().map((kept) => ({
      manifest: kept.manifest,
      chunk: async (hash: string): Promise<string | undefined> => this.#disk.chunks.get(hash),
    }));
  }

  async saveSnapshot(snapshot: SnapshotFiles): Promise<void> {
    await this.#alive();
    this.#room("a snapshot");
    const chunks: string[] = [];
    for (const [hash, text] of snapshot.chunks) {
      this.#disk.chunks.set(hash, text);
      chunks.push(hash);
    }
    const { index, manifest } = snapshot;
    this.#disk.snapshots.push({ index, manifest, chunks });
  }

  async evidence(hash: ValueHash): Promise<string | undefined> {
    await this.#alive();
    return this.#disk.evidence.get(hash);
  }

  async saveEvidence(hash: ValueHash, text: string): Promise<void> {
    await this.#alive();
    this.#room("evidence");
    this.#disk.evidence.set(hash, text);
  }

  /** As of `keysKept` of the disk. Later records are added by the engine, and gone with the process. */
  async keys(): Promise<KeyIndex> {
    await this.#alive();
    const index = new IdempotencyIndex();
    for (const text of this.#disk.written.slice(0, Math.min(this.#disk.keysKept, this.#size)))
      index.add(digestOfText(nodeHasher, text));
    return index;
  }

  async #write(batch: JournalBatch, fault: AppendFault | undefined): Promise<void> {
    const lost = fault === "failed-lost" || fault === "torn" || fault === "crash-before-sync";
    const count = fault === "torn" ? Math.floor(batch.records.length / 2) : batch.records.length;
    this.#disk.written.length = batch.firstIndex;
    this.#disk.written.push(...batch.records.slice(0, count));
    if (fault === "crash-before-sync") this.crash();
    await this.#alive();
    if (lost) this.#fail("the sync failed");
  }

  #check(batch: JournalBatch): void {
    if (this.#state === "failed")
      throw new JournalError("failed", "an append failed before; open the journal again");
    if (batch.term < this.#disk.term) {
      this.#state = "failed";
      throw new JournalError(
        "term",
        `term ${batch.term} may not append: the journal has seen term ${this.#disk.term}; stop this writer`,
      );
    }
    if (batch.firstIndex !== this.#size || batch.records.length === 0)
      this.#fail(
        `a batch of ${batch.records.length} at ${batch.firstIndex} does not continue ${this.#size}`,
      );
  }

  #room(what: string): void {
    if (this.#disk.full) throw new JournalError("full", `no room for ${what}; free some space`);
  }

  #fail(message: string): never {
    this.#state = "failed";
    throw new JournalError("failed", message);
  }

  /** A dead process waits for ever. */
  async #alive(): Promise<void> {
    if (this.#state === "dead") await new Promise<never>(() => {});
  }
}
