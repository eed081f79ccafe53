import { createTree, leafHash, type Kernel, type Tree, type ValueHash } from "@swoosh/kernel";
import { createWorld } from "./history/check-history.ts";
import { InstanceVersions, type Version } from "./history/instance-versions.ts";

/**
 * The plainest node there is: the fold of the durable records, and a tree over them. No snapshot, no restart, no queue, and
 * every size that it ever had can be asked for again. Owns the texts that it was told of, and what they give.
 *
 * IR1 what it folded once was durable, so no record there may ever be another one, or none.
 */
export class InProcessReducer {
  readonly #kernel: Kernel;
  readonly #world: ReturnType<typeof createWorld>;
  readonly #tree: Tree;
  readonly #versions = new InstanceVersions();
  /** By size. */
  readonly #roots: string[];
  readonly #instances: number[] = [0];
  /** By index, as far as anybody's journal has shown them. */
  readonly #texts: string[] = [];
  #forged: string | null = null;

  /** `chart`: canonical text of the normal form with this hash. */
  constructor(kernel: Kernel, chart: (hash: ValueHash) => string | undefined) {
    this.#kernel = kernel;
    this.#world = createWorld({ kernel, chart });
    this.#tree = createTree(kernel.hasher);
    this.#roots = [this.#tree.root()];
  }

  /** Records folded. */
  get size(): number {
    return this.#world.end.size;
  }

  /** These records are durable, or were until a crash took back what nobody had been told of. */
  learn(from: number, texts: readonly string[]): void {
    for (const [place, text] of texts.entries()) {
      const index = from + place;
      if (index >= this.size) this.#texts[index] = text;
      else if (this.#texts[index] !== text)
        this.#forged ??= `record ${index} is another one than it was`;
    }
  }

  /** Folds up to this size; says what does not hold, if anything. */
  fold(size: number): string | null {
    if (this.#forged !== null) return this.#forged;
    while (this.size < size) {
      const index = this.size;
      const text = this.#texts[index];
      if (text === undefined) return `record ${index} was never seen in a journal`;
      const replayed = this.#kernel.replay(this.#world, text);
      if (!replayed.ok) {
        const { expected, field, found } = replayed;
        return `record ${index}: ${field} is ${found}, and the reducer gives ${expected}`;
      }
      this.#world.apply(replayed.accepted);
      this.#tree.append(leafHash(this.#kernel.hasher, text));
      for (const { document, hash } of replayed.accepted.heads)
        this.#versions.note(document.meta.instance, { index, hash });
      this.#roots.push(this.#tree.root());
      this.#instances.push(this.#world.headCount);
    }
    return null;
  }

  /** Of the tree over so many records, which were folded. */
  rootAt(size: number): string | undefined {
    return this.#roots[size];
  }

  /** Instances that there were at this size. */
  instancesAt(size: number): number | undefined {
    return this.#instances[size];
  }

  /** What an instance was at this size, and since which record; null: it was not there. */
  headAt(instance: string, size: number): Version | null {
    return this.#versions.during(instance, size, size)[0] ?? null;
  }
}
