import type { ValueHash } from "../hash.ts";
import { MemoryJournal } from "./memory-journal.ts";

export interface KeptSnapshot {
  readonly index: number;
  manifest: string;
  /** Names of its chunks. */
  readonly chunks: readonly string[];
}

/**
 * What survives a crash. `written` may be longer than `durable`: the rest was written but never synced, and is gone
 * when the disk is opened again. Tests may doctor everything here.
 */
export class MemoryDisk {
  readonly written: string[] = [];
  durable = 0;
  term = 0;
  /** Oldest first. */
  readonly snapshots: KeptSnapshot[] = [];
  readonly chunks = new Map<string, string>();
  readonly evidence = new Map<ValueHash, string>();
  /** Records whose keys are in an index that outlives the process. */
  keysKept = 0;
  /** While true, nothing can be written. */
  full = false;

  /** Opens as a new writer: its term is higher than every former one, which are fenced from now on (K8). */
  open(): MemoryJournal {
    this.written.length = this.durable;
    this.term += 1;
    return new MemoryJournal(this, this.term);
  }

  /** The durable records. */
  get records(): readonly string[] {
    return this.written.slice(0, this.durable);
  }
}
