import { leafHash } from "../hash.ts";
import type { CompiledChart } from "../chart/compiled-chart.ts";
import { decodeManifest } from "../log/snapshot-manifest.ts";
import { createTree, EMPTY_FRONTIER, type Frontier, type Tree } from "../log/tree.ts";
import type { IndexedHead } from "../reduce/document.ts";
import type { State } from "../reduce/state.ts";
import { World, type LogEnd } from "../reduce/world.ts";
import { ChartShelf } from "./chart-shelf.ts";
import { chartsNamedBy } from "./charts-named-by.ts";
import type { EngineKernel } from "./engine-kernel.ts";
import { JournalError } from "./journal-error.ts";
import type { JournalReader } from "./ports.ts";
import { readSnapshot, type SnapshotDoors } from "./read-snapshot.ts";

/** Records that are decided again between two pauses: a few ms of work. */
const PAGE_RECORDS = 64;

/**
 * A state of the past: the nearest readable snapshot before it, or nothing, and the records after that, each decided
 * again and held against its bytes (K7). Owns a world of its own; goes forward only.
 */
export class PastWorld {
  readonly #doors: SnapshotDoors;
  readonly #world: World;
  readonly #tree: Tree;

  private constructor(
    doors: SnapshotDoors,
    start: { readonly world: World; readonly frontier: Frontier },
  ) {
    this.#doors = doors;
    this.#world = start.world;
    this.#tree = createTree(doors.kernel.hasher, start.frontier);
  }

  /** The latest state that is at hand and not behind record `index`. */
  static async before(
    kernel: EngineKernel,
    journal: JournalReader,
    index: number,
  ): Promise<PastWorld> {
    const doors = { kernel, journal, shelf: new ChartShelf(kernel, journal) };
    for (const stored of await journal.snapshots()) {
      const decoded = decodeManifest(kernel.hasher, stored.manifest);
      if (!decoded.ok || decoded.manifest.lastAppliedIndex > index) continue;
      const reading = await readSnapshot(doors, stored);
      if (reading.ok) return new PastWorld(doors, reading.start);
    }
    const { shelf } = doors;
    return new PastWorld(doors, {
      world: new World((hash) => shelf.at(hash)),
      frontier: EMPTY_FRONTIER,
    });
  }

  /** Records applied. */
  get size(): number {
    return this.#world.end.size;
  }

  get state(): State {
    return this.#world;
  }

  get end(): LogEnd {
    return this.#world.end;
  }

  /** Root of the tree of all records applied, 64 hex. */
  root(): string {
    return this.#tree.root();
  }

  /** Installed charts, the last installed last. */
  charts(): Iterable<CompiledChart> {
    return this.#world.charts();
  }

  /** Names of all instances but the first `from`, in an order that only grows at its end. */
  *instances(from = 0): Generator<string, void, undefined> {
    let place = 0;
    for (const { document } of this.#world.heads()) {
      if (place >= from) yield document.meta.instance;
      place += 1;
    }
  }

  head(instance: string): IndexedHead | undefined {
    return this.#world.head(instance);
  }

  /** Goes on until `size` records are applied; `pause` is awaited every few ms, and may throw to give up. */
  async advanceTo(size: number, pause: () => Promise<void>): Promise<void> {
    const { journal } = this.#doors;
    while (this.size < size) {
      const texts = await journal.read(this.size, Math.min(PAGE_RECORDS, size - this.size));
      if (texts.length === 0)
        throw new JournalError("corrupt", `record ${this.size} of ${size} cannot be read`);
      for (const text of texts) await this.#apply(text);
      await pause();
    }
  }

  async #apply(text: string): Promise<void> {
    const { kernel, shelf } = this.#doors;
    for (const hash of chartsNamedBy(text))
      await shelf.fetch(hash, (name) => this.#world.chart(name)?.normal);
    const replayed = kernel.replay(this.#world, text);
    if (!replayed.ok)
      throw new JournalError(
        "corrupt",
        `K7: record ${replayed.index} (leaf ${leafHash(kernel.hasher, text)}), ${replayed.field}: the log says ${replayed.found}, replay ${replayed.expected}`,
      );
    const { accepted } = replayed;
    this.#world.apply(accepted);
    this.#tree.append(accepted.leaf);
  }
}
