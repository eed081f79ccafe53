import type {
  Journal,
  JournalBatch,
  KeyIndex,
  SnapshotFiles,
  StoredSnapshot,
  ValueHash,
} from "@swoosh/kernel";

/** Records from this index on are durable. */
export type DurableListener = (from: number, texts: readonly string[]) => void;

/**
 * A journal on a slow disk, or of a process that is stopped: appends wait while it is. All else is the journal's own; what is
 * durable by it is told.
 */
export class GatedJournal implements Journal {
  readonly #inner: Journal;
  readonly #onDurable: DurableListener;
  #waiting: (() => void)[] = [];
  isHeld = false;
  #isPaused = false;

  constructor(inner: Journal, onDurable: DurableListener) {
    this.#inner = inner;
    this.#onDurable = onDurable;
  }

  get size(): number {
    return this.#inner.size;
  }

  get term(): number {
    return this.#inner.term;
  }

  /** Appends that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
    this.#goOn();
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#goOn();
  }

  #goOn(): void {
    if (this.isHeld || this.#isPaused) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  async append(batch: JournalBatch): Promise<void> {
    if (this.isHeld || this.#isPaused)
      await new Promise<void>((resume) => this.#waiting.push(resume));
    await this.#inner.append(batch);
    this.#onDurable(batch.firstIndex, batch.records);
  }

  async read(from: number, limit: number): Promise<readonly string[]> {
    const texts = await this.#inner.read(from, limit);
    this.#onDurable(from, texts);
    return texts;
  }

  snapshots(): Promise<readonly StoredSnapshot[]> {
    return this.#inner.snapshots();
  }

  saveSnapshot(snapshot: SnapshotFiles): Promise<void> {
    return this.#inner.saveSnapshot(snapshot);
  }

  evidence(hash: ValueHash): Promise<string | undefined> {
    return this.#inner.evidence(hash);
  }

  saveEvidence(hash: ValueHash, text: string): Promise<void> {
    return this.#inner.saveEvidence(hash, text);
  }

  keys(): Promise<KeyIndex | null> {
    return this.#inner.keys();
  }
}
