import { createTree, leafHash, type World } from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";
import type { Findings } from "../history/finding.ts";

/** A head that a follower had, or cosigned. */
export interface SeenRoot {
  readonly who: string;
  readonly size: number;
  readonly root: string;
}

/** What a follower answered a reader. */
export interface SeenRead {
  readonly who: string;
  readonly size: number;
  readonly instance: string;
  readonly hash: string | undefined;
}

/**
 * What followers showed while the world went on. In the end each of it must be what the log gives: equal roots at equal
 * sizes, and every stale read the truth of its index.
 */
export class Sightings {
  readonly #roots: SeenRoot[] = [];
  /** By size. */
  readonly #reads = new Map<number, SeenRead[]>();

  root(seen: SeenRoot): void {
    this.#roots.push(seen);
  }

  read(seen: SeenRead): void {
    const there = this.#reads.get(seen.size) ?? [];
    there.push(seen);
    this.#reads.set(seen.size, there);
  }

  settleRoots(log: readonly string[], findings: Findings): void {
    const tree = createTree(nodeHasher);
    const roots = [tree.root()];
    const last = Math.max(0, ...this.#roots.map(({ size }) => size));
    for (const text of log.slice(0, last)) {
      tree.append(leafHash(nodeHasher, text));
      roots.push(tree.root());
    }
    for (const { root, size, who } of this.#roots)
      findings.expect(roots[size] === root, "followers", () =>
        size > log.length
          ? `${who} had ${size} records of a log that has ${log.length}`
          : `${who} had another root at ${size} records than the log`,
      );
  }

  /** What was read at this size, as the log's fold gives it now. */
  settleReads(size: number, world: World, findings: Findings): void {
    for (const { hash, instance, who } of this.#reads.get(size) ?? [])
      findings.expect(
        world.head(instance)?.hash === hash,
        "followers",
        () => `${who} read another ${instance} at ${size} records than the log gives`,
      );
  }
}
