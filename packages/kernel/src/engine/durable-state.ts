import { assert } from "../invariant.ts";
import { createTree, type Frontier, type Tree } from "../log/tree.ts";
import type { Hasher } from "../hash.ts";
import { hlcOf } from "../reduce/answer.ts";
import type { Head } from "../reduce/document.ts";
import { Overlay } from "../reduce/overlay.ts";
import type { Accepted, State } from "../reduce/state.ts";
import type { LogEnd, World } from "../reduce/world.ts";
import { DueIndex } from "./due-index.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { digestOfKey, type KeyDigest } from "./key-digest.ts";
import type { KeyIndex } from "./ports.ts";

const BEAT_INSTANCE = "beat/main";

export interface DurableStart {
  readonly world: World;
  readonly frontier: Frontier;
  /** Clock of the last record, in normal form; empty where there is none. */
  readonly hlc: string;
}

/**
 * Everything that the engine knows of the durable log, and of nothing else: the fold of its records (documents, charts,
 * registry), its tree, its idempotency keys, and what is due. Grows only by `fold`, after the record became durable, so
 * whoever reads here cannot see what a crash could take back (K5).
 */
export class DurableState {
  readonly keys: KeyIndex;
  readonly dues = new DueIndex();
  readonly #hasher: Hasher;
  readonly #world: World;
  readonly #tree: Tree;
  #hlc: string;

  /** `keys` may know more records than `start` has: then nothing is added to it until the fold gets there. */
  constructor(kernel: EngineKernel, start: DurableStart, keys: KeyIndex) {
    const { world, frontier, hlc } = start;
    this.#hasher = kernel.hasher;
    this.keys = keys;
    this.#world = world;
    this.#tree = createTree(kernel.hasher, frontier);
    this.#hlc = hlc;
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

  /** A state that a batch can grow without touching this one. */
  overlay(): Overlay {
    return new Overlay(this.#world);
  }

  /** Index of `beat/main`, or null where there is none. */
  get beat(): number | null {
    const beat = this.#world.head(BEAT_INSTANCE)?.document.context["beat_index"];
    return typeof beat === "number" ? beat : null;
  }

  /** Index of the record that the idempotency key with this digest led to. */
  findDigest(digest: KeyDigest): number | undefined {
    return this.keys.find(digest);
  }

  /** Takes in a record that is durable. `digest`: of its key, where the caller has it. */
  fold(accepted: Accepted, digest?: KeyDigest): void {
    const { record } = accepted;
    this.#world.apply(accepted);
    this.#tree.append(accepted.leaf);
    this.#hlc = hlcOf(record.proposal);
    this.noteKey(record.index, () => digest ?? digestOfKey(this.#hasher, record.proposal.idem_key));
    for (const head of accepted.heads) this.#noteDues(head);
  }

  /** Adds the key of a durable record where the index does not have it yet. */
  noteKey(index: number, digest: () => KeyDigest | null): void {
    const { size } = this.keys;
    assert(
      index <= size,
      `K6: the index has the keys of ${size} records, and of none from there to ${index}`,
    );
    if (index === size) this.keys.add(digest());
  }

  #noteDues(head: Head): void {
    this.dues.update(head.document.meta.instance, head.document);
  }
}
