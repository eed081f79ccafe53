import { assert } from "../invariant.ts";
import type { SnapshotHead } from "../log/snapshot-chunk.ts";
import { createTree, type Frontier, type Tree } from "../log/tree.ts";
import { hlcOf } from "../reduce/answer.ts";
import type { Head } from "../reduce/document.ts";
import { Overlay } from "../reduce/overlay.ts";
import type { Accepted, State } from "../reduce/state.ts";
import type { LogEnd, World } from "../reduce/world.ts";
import { DueIndex } from "./due-index.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { IdempotencyIndex } from "./idempotency-index.ts";

/** Keys that begin so are the engine's own: no proposal can have one, so nobody ever asks for them. */
const ENGINE_KEY_PREFIX = "@";
const BEAT_INSTANCE = "beat/main";

export interface DurableStart {
  readonly world: World;
  readonly frontier: Frontier;
  /** Clock of the last record, in normal form; empty where there is none. */
  readonly hlc: string;
  /** Index of the last record that moved an instance, by instance; 0 where it is not here. */
  readonly movedAt: ReadonlyMap<string, number>;
}

/**
 * Everything that the engine knows of the durable log, and of nothing else: the fold of its records (documents, charts,
 * registry), its tree, its idempotency keys, and what is due. Grows only by `fold`, after the record became durable, so
 * whoever reads here cannot see what a crash could take back (K5).
 */
export class DurableState {
  readonly keys: IdempotencyIndex;
  readonly dues = new DueIndex();
  readonly #world: World;
  readonly #tree: Tree;
  readonly #movedAt: Map<string, number>;
  #hlc: string;

  constructor(kernel: EngineKernel, start: DurableStart) {
    const { world, frontier, hlc, movedAt } = start;
    this.#world = world;
    this.#tree = createTree(kernel.hasher, frontier);
    this.#hlc = hlc;
    this.#movedAt = new Map(movedAt);
    this.keys = new IdempotencyIndex(kernel.hasher);
    for (const head of world.heads()) this.#noteDues(head);
    assert(this.#tree.size === world.end.size, "K4: the frontier has the log's size");
  }

  get state(): State {
    return this.#world;
  }

  get world(): World {
    return this.#world;
  }

  get end(): LogEnd {
    return this.#world.end;
  }

  /** Records folded. */
  get size(): number {
    return this.#world.end.size;
  }

  get treeSize(): number {
    return this.#tree.size;
  }

  /** Clock of the last record, in normal form. */
  get hlc(): string {
    return this.#hlc;
  }

  root(): string {
    return this.#tree.root();
  }

  frontier(): Frontier {
    return this.#tree.frontier();
  }

  /** Heads with the index of the record that made them. Documents are immutable: the list may be kept. */
  snapshotHeads(): readonly SnapshotHead[] {
    return Array.from(this.#world.heads(), (head) => this.#indexed(head));
  }

  /** One of them. */
  indexedHead(instance: string): SnapshotHead | undefined {
    const head = this.#world.head(instance);
    return head === undefined ? undefined : this.#indexed(head);
  }

  /** A state that a batch can grow without touching this one. */
  overlay(): Overlay {
    return new Overlay(this.#world);
  }

  /** Index of `beat/main`, or null where there is none. */
  get beat(): number | null {
    const beat = this.#world.head(BEAT_INSTANCE)?.document.context["beat_index"];
    return typeof beat === "number" ? beat : null;
  }

  /** Takes in a record that is durable. */
  fold(accepted: Accepted): void {
    const { record } = accepted;
    this.#world.apply(accepted);
    this.#tree.append(accepted.leaf);
    this.#hlc = hlcOf(record.proposal);
    this.noteKey(record.proposal.idem_key, record.index);
    for (const head of accepted.heads) {
      this.#movedAt.set(head.document.meta.instance, record.index);
      this.#noteDues(head);
    }
  }

  /** Remembers which record a key led to; recovery calls it for records that a snapshot stands for. */
  noteKey(key: string, index: number): void {
    if (!key.startsWith(ENGINE_KEY_PREFIX)) this.keys.add(key, index);
  }

  #indexed({ document, hash }: Head): SnapshotHead {
    return { document, hash, index: this.#movedAt.get(document.meta.instance) ?? 0 };
  }

  #noteDues(head: Head): void {
    this.dues.update(head.document.meta.instance, head.document);
  }
}
