import type { Hasher } from "@swoosh/kernel/values";
import { Memory, passagesOf, type LongTermStore, type VectorKey } from "@swoosh/mesh";
import type { FoundMemories, KeptMemory } from "@swoosh/protocol";
import { existsSync } from "node:fs";
import { LOCK_WAIT_MS, MEMORIES_MAX, PLACES_OPEN_MAX } from "./limits.ts";
import { memoryStateIn, openMemoryFolder, type MemoryFolder } from "./memory-folder.ts";
import { MemoryRefused } from "./memory-refused.ts";

/** Vectors of texts, in order. Rejects with a `MeshError`. */
export interface TextEmbedder {
  readonly kind: "lexical" | "model";
  readonly modelHash: string;
  embed(texts: readonly string[]): Promise<readonly VectorKey[]>;
}

/** One folder's mesh, ready to be asked, as long as nobody else has written its state. */
interface Place {
  readonly memory: Memory;
  /** Of memories on disk. */
  count: number;
  stateText: string;
}

interface Waiting {
  /** Gives what answers once the state is written. */
  act(place: Place): () => void;
  reject(error: unknown): void;
}

/**
 * Works on folders of memories, any number of questions at once. Owns the meshes that it keeps ready, and a folder's lock
 * only while it works there, so that commands of this machine may work on the same one.
 *
 * MK1 an answer comes after what it says is durable: the memory by its hash, and the state of the mesh.
 * MK2 questions for one folder are answered one after the other; what came meanwhile shares one lock and one write.
 * MK3 a folder that fails fails its own questions alone, and is read anew for the next.
 */
export class MemoryKeeper {
  readonly #hasher: Hasher;
  readonly #embedder: TextEmbedder;
  readonly #memoriesMax: number;
  readonly #places = new Map<string, Place>();
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #atWork = new Map<string, Promise<void>>();

  constructor(given: {
    readonly hasher: Hasher;
    readonly embedder: TextEmbedder;
    /** Of one folder. */
    readonly memoriesMax?: number;
  }) {
    this.#hasher = given.hasher;
    this.#embedder = given.embedder;
    this.#memoriesMax = given.memoriesMax ?? MEMORIES_MAX;
  }

  /** Each passage of the text by itself. */
  async remember(
    path: string,
    { source, text }: { readonly source: string; readonly text: string },
  ): Promise<readonly KeptMemory[]> {
    const passages = passagesOf(text);
    if (passages.length === 0)
      throw new MemoryRefused("malformed", "text has no words; nothing was kept");
    const keys = await this.#embedder.embed(passages);
    return this.#work(path, (place) => {
      if (place.count + passages.length > this.#memoriesMax)
        throw new MemoryRefused(
          "too_large",
          `${place.count} memories are kept there, and ${passages.length} more would pass ${this.#memoriesMax}; nothing was kept: remember for another instance`,
        );
      return passages.flatMap((passage, at) => {
        const key = keys[at];
        if (key === undefined) return [];
        const model = this.#embedder.modelHash;
        const { cell, hash, hops } = place.memory.remember({
          kind: "text",
          key,
          model,
          source,
          text: passage,
        });
        return [{ cell, hash, hops }];
      });
    });
  }

  /** The memories most like the query. */
  async recall(
    path: string,
    { limit, query }: { readonly limit: number; readonly query: string },
  ): Promise<FoundMemories> {
    const [key] = await this.#embedder.embed([query]);
    if (key === undefined) throw new MemoryRefused("bad_query", "query has no words");
    const about = {
      likeness_of: this.#embedder.kind === "lexical" ? "words" : "meaning",
      next: null,
    } as const;
    // Whoever only asks leaves nothing behind.
    if (!existsSync(path)) return { items: [], ...about };
    return this.#work(path, ({ memory }) => {
      const found = memory.recall(key, { model: this.#embedder.modelHash, count: limit });
      const damaged = [...memory.damaged.values()];
      return {
        ...(damaged.length === 0 ? {} : { damaged }),
        items: found.map(({ cell, cosine, hash, hops, item, tier }) => ({
          cell,
          hash,
          hops,
          likeness_permille: Math.round(cosine * 1_000),
          source: item.source,
          text: item.text,
          tier,
        })),
        ...about,
      };
    });
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#atWork.size > 0) await Promise.all(this.#atWork.values());
  }

  #work<Result>(path: string, act: (place: Place) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(path) ?? [];
      waiting.push({
        act: (place) => {
          const result = act(place);
          return () => resolve(result);
        },
        reject,
      });
      this.#waiting.set(path, waiting);
      if (this.#atWork.has(path)) return;
      this.#atWork.set(
        path,
        this.#serve(path).finally(() => this.#atWork.delete(path)),
      );
    });
  }

  async #serve(path: string): Promise<void> {
    // All that comes in this turn goes into the first round.
    await Promise.resolve();
    for (let round = this.#take(path); round.length > 0; round = this.#take(path))
      await this.#round(path, round);
  }

  #take(path: string): readonly Waiting[] {
    const waiting = this.#waiting.get(path) ?? [];
    this.#waiting.delete(path);
    return waiting;
  }

  async #round(path: string, round: readonly Waiting[]): Promise<void> {
    let folder: MemoryFolder | undefined;
    try {
      folder = await openMemoryFolder(path, { waitMs: LOCK_WAIT_MS, takesOver: true });
      const place = this.#placeOf(path, folder);
      const answers: (() => void)[] = [];
      for (const { act, reject } of round) {
        try {
          answers.push(act(place));
        } catch (error) {
          reject(error);
          // What broke off in the middle is not known to be whole.
          if (!(error instanceof MemoryRefused)) this.#places.delete(path);
        }
      }
      place.stateText = folder.writeState(place.memory.state());
      for (const answer of answers) answer();
    } catch (error) {
      this.#places.delete(path);
      for (const { reject } of round) reject(error);
    } finally {
      folder?.close();
    }
  }

  /** Kept ready, unless another process has written there since; the one that was used longest ago makes room. */
  #placeOf(path: string, folder: MemoryFolder): Place {
    const stateText = folder.readStateText();
    const known = this.#places.get(path);
    this.#places.delete(path);
    const place = known?.stateText === stateText ? known : this.#open(folder, stateText);
    this.#places.set(path, place);
    const [oldest] = this.#places.keys();
    if (this.#places.size > PLACES_OPEN_MAX && oldest !== undefined) this.#places.delete(oldest);
    return place;
  }

  #open(folder: MemoryFolder, stateText: string): Place {
    const state = memoryStateIn(stateText, folder.path);
    const { store } = folder;
    const counting: LongTermStore = {
      put: (hash, text) => {
        const isNew = store.get(hash) === undefined;
        store.put(hash, text);
        if (isNew) place.count += 1;
      },
      get: (hash) => store.get(hash),
      list: () => store.list(),
    };
    const place: Place = {
      memory: new Memory({
        hasher: this.#hasher,
        store: counting,
        ...(state === undefined ? {} : { state }),
      }),
      count: store.list().length,
      stateText,
    };
    return place;
  }
}
