import { assert, type Hasher, type ValueHash } from "@swoosh/kernel/values";
import type { Engine } from "../engine.ts";
import { sizeProblem, type Grid } from "../grid.ts";
import type { Rule } from "../rule.ts";
import { stateHash } from "../state-hash.ts";
import { CONTROL, writeDenseControl } from "./control-block.ts";
import { bytesOfKernel } from "./bytes-of-kernel.ts";
import { SHARED_KERNEL } from "./kernel-bytes.ts";
import type { Crew, CrewHost, KernelInstance, LifeKernel } from "./kernel-host.ts";
import { BANDS_MAX, BANDS_PER_WORKER, MEMORY_PAGES_MAX, SPINS_BEFORE_SLEEP } from "./limits.ts";
import { StripedLayout } from "./striped-layout.ts";

const PAGE_BYTES = 65_536;

interface Loaded {
  readonly instance: KernelInstance;
  readonly layout: StripedLayout;
  readonly buffers: readonly [number, number];
  readonly crew: Crew;
}

/**
 * The dense kernel on several threads over one shared memory: bands of rows are claimed one by one, so that a thread that
 * is held up holds up no more than its band. The caller takes part. Owns memory and threads.
 *
 * Invariant: between calls no thread works, for a tick ends only when its last band is done.
 */
export class WorkersEngine implements Engine {
  readonly name = "workers";
  tick = 0;
  readonly #hasher: Pick<Hasher, "sha256">;
  readonly #host: CrewHost;
  readonly #workers: number;
  #loaded: Loaded | undefined;

  /**
   * `hasher` is what `hash()` hashes with; `host` instantiates the shared kernel and hires the crew when a grid is loaded.
   * `workers`: threads in all, the caller included, at least 1; as many as are of use here unless given.
   */
  constructor(hasher: Pick<Hasher, "sha256">, host: CrewHost, workers: number = host.workersMax) {
    assert(workers >= 1, `at least the caller works: ${workers}`);
    this.#hasher = hasher;
    this.#host = host;
    this.#workers = workers;
  }

  /**
   * Lets go of the last crew, copies the cells of `grid` into memory that is shared with a new one, and begins at tick 0
   * under `rule`. Asserts a size that engines take.
   */
  load(grid: Grid, rule: Rule): void {
    const problem = sizeProblem(grid);
    assert(problem === undefined, `a size that engines take: ${problem}`);
    this.close();
    const layout = new StripedLayout(grid);
    const buffers = [CONTROL.bytes, CONTROL.bytes + layout.bytes] as const;
    const pages = Math.ceil((CONTROL.bytes + 2 * layout.bytes) / PAGE_BYTES);
    const module = bytesOfKernel(SHARED_KERNEL);
    const memory = { pages, pagesMax: MEMORY_PAGES_MAX, isShared: true };
    const instance = this.#host.instantiate(module, memory);
    const view = new DataView(instance.memory.buffer);
    writeDenseControl(view, layout, { buffers, rule });
    const bandsWanted = Math.min(BANDS_MAX, this.#workers * BANDS_PER_WORKER, grid.height);
    const bandRows = Math.ceil(grid.height / bandsWanted);
    view.setInt32(CONTROL.bands, Math.ceil(grid.height / bandRows), true);
    view.setInt32(CONTROL.bandRows, bandRows, true);
    view.setInt32(CONTROL.spins, SPINS_BEFORE_SLEEP, true);
    layout.pack(grid, new Uint32Array(instance.memory.buffer, buffers[0], layout.bytes / 4));
    const others = Array.from({ length: this.#workers - 1 }, (_, index) => index + 1);
    const crew = this.#host.hire(module, instance.memory, others);
    this.#loaded = { instance, layout, buffers, crew };
    this.tick = 0;
  }

  /** Runs `ticks` ticks, a whole number from 0, on all workers; returns when they are done. */
  step(ticks: number): void {
    if (ticks === 0) return;
    this.tick += ticks;
    leadOf(this.#mustLoaded().instance.kernel)(BigInt(this.tick));
  }

  read(): Grid {
    const { instance, layout } = this.#mustLoaded();
    return layout.unpack(
      new Uint32Array(instance.memory.buffer, this.#present(), layout.bytes / 4),
    );
  }

  population(): number {
    const { instance, layout } = this.#mustLoaded();
    if (layout.padding !== undefined) return this.read().population();
    return instance.kernel.countDifferent(this.#present(), 0, layout.bytes);
  }

  hash(): ValueHash {
    return stateHash(this.read(), this.#hasher);
  }

  close(): void {
    if (this.#loaded === undefined) return;
    const { crew, instance } = this.#loaded;
    const { buffer } = instance.memory;
    Atomics.store(new Int32Array(buffer), CONTROL.isOver / 4, 1);
    Atomics.notify(new Int32Array(buffer), CONTROL.endTick / 4);
    crew.dismiss();
    this.#loaded = undefined;
  }

  #present(): number {
    return this.#mustLoaded().buffers[this.tick % 2 === 0 ? 0 : 1];
  }

  #mustLoaded(): Loaded {
    assert(this.#loaded !== undefined, "a state was loaded before it is used");
    return this.#loaded;
  }
}

function leadOf({ lead }: LifeKernel): (endTick: bigint) => void {
  assert(lead !== undefined, "the shared module can be led");
  return lead;
}
