import { assert, type Hasher, type ValueHash } from "@swoosh/kernel/values";
import { BUSY_TILES_PER_MILLE, PROBE_TICKS, QUIET_CELLS_PER_CHANGE } from "../../tiles/limits.ts";
import { QuietColumns } from "../../tiles/quiet-columns.ts";
import type { Engine } from "../engine.ts";
import { sizeProblem, type Grid } from "../grid.ts";
import { CONWAY, type Rule } from "../rule.ts";
import { stateHash } from "../state-hash.ts";
import { CONTROL, writeDenseControl } from "./control-block.ts";
import { bytesOfKernel } from "./bytes-of-kernel.ts";
import { PLAIN_KERNEL } from "./kernel-bytes.ts";
import type { KernelHost, KernelInstance } from "./kernel-host.ts";
import { MEMORY_PAGES_MAX } from "./limits.ts";
import { StripedLayout } from "./striped-layout.ts";

const PAGE_BYTES = 65_536;

/** The loaded torus: its layouts and the instance whose memory holds it. */
interface Loaded {
  readonly instance: KernelInstance;
  readonly striped: StripedLayout;
  readonly buffers: readonly [number, number];
  /** Absent where the rule or the size has no kernel that skips tiles. */
  readonly quiet: QuietColumns | undefined;
}

/**
 * 128 cells at a time in WebAssembly: a dense kernel while much happens, and one that skips quiet tiles when little does.
 *
 * Owns its instance's memory. Invariants: A1 the present state is in the buffer `odd` of the layout that `isQuiet`
 * names; A2 while `isQuiet`, every tile off the list is in both column buffers as it was two ticks ago.
 */
export class SimdEngine implements Engine {
  readonly name = "simd";
  tick = 0;
  readonly #hasher: Pick<Hasher, "sha256">;
  readonly #host: KernelHost;
  #loaded: Loaded | undefined;
  #odd = 0;
  #isQuiet = false;
  #probeTick = 0;

  /** `hasher` is what `hash()` hashes with; `host` instantiates the kernels, and is first asked when a grid is loaded. */
  constructor(hasher: Pick<Hasher, "sha256">, host: KernelHost) {
    this.#hasher = hasher;
    this.#host = host;
  }

  /**
   * Copies the cells of `grid` into the kernels' memory and begins at tick 0 under `rule`; quiet tiles are skipped under
   * Conway's alone, on sides that tiles fill. Asserts a size that engines take.
   */
  load(grid: Grid, rule: Rule): void {
    const problem = sizeProblem(grid);
    assert(problem === undefined, `a size that engines take: ${problem}`);
    const striped = new StripedLayout(grid);
    const first = CONTROL.bytes;
    const second = first + striped.bytes;
    const start = second + striped.bytes;
    const hasQuiet = rule.text === CONWAY.text && QuietColumns.fits(grid);
    const quiet = hasQuiet ? new QuietColumns(grid, start) : undefined;
    const pages = Math.ceil((start + (quiet?.bytes ?? 0)) / PAGE_BYTES);
    const instance = this.#instanceOf(pages);
    const { buffer } = instance.memory;
    const view = new DataView(buffer);
    writeDenseControl(view, striped, { buffers: [first, second], rule });
    quiet?.writeControl(view);
    this.#loaded = { instance, striped, buffers: [first, second], quiet };
    this.tick = 0;
    this.#odd = 0;
    this.#enter(grid);
  }

  /** The present instance where its memory is large enough, or a new one. */
  #instanceOf(pages: number): KernelInstance {
    const present = this.#loaded?.instance;
    if (present !== undefined && present.memory.buffer.byteLength >= pages * PAGE_BYTES)
      return present;
    const memory = { pages, pagesMax: MEMORY_PAGES_MAX, isShared: false };
    return this.#host.instantiate(bytesOfKernel(PLAIN_KERNEL), memory);
  }

  /** Takes the cells into the layout that suits so many of them. */
  #enter(grid: Grid): void {
    const { quiet } = this.#mustLoaded();
    const cells = grid.width * grid.height;
    if (quiet !== undefined && grid.population() * QUIET_CELLS_PER_CHANGE < cells * 4)
      this.#enterQuiet(quiet, grid);
    else this.#enterDense(grid);
  }

  #enterDense(grid: Grid): void {
    const { instance, striped, buffers } = this.#mustLoaded();
    const { buffer } = instance.memory;
    striped.pack(grid, new Uint32Array(buffer, buffers[this.#odd], striped.bytes / 4));
    this.#isQuiet = false;
    this.#probeTick = this.tick + PROBE_TICKS;
  }

  #enterQuiet(quiet: QuietColumns, grid: Grid): void {
    const { buffer } = this.#mustLoaded().instance.memory;
    quiet.pack(grid, buffer, this.#odd);
    quiet.clearMarks(buffer);
    this.#isQuiet = true;
    // Nothing is known of the tick before this one: the first tick after it cannot tell what changed either.
    this.#wholeTicksDue = 2;
  }

  #wholeTicksDue = 0;

  /** Runs `ticks` ticks, a whole number from 0; asserts that a grid is loaded. */
  step(ticks: number): void {
    const end = this.tick + ticks;
    const { quiet } = this.#mustLoaded();
    while (this.tick < end) {
      if (this.#isQuiet && quiet !== undefined) this.#stepQuiet(quiet, end);
      else this.#stepDense(quiet, end);
    }
  }

  #stepDense(quiet: QuietColumns | undefined, end: number): void {
    if (quiet !== undefined && this.tick >= this.#probeTick && end - this.tick >= 2) {
      this.#probe(quiet);
      return;
    }
    const until = quiet === undefined || this.tick >= this.#probeTick ? end : this.#probeTick;
    const ticks = Math.min(end, until) - this.tick;
    this.#odd = this.#mustLoaded().instance.kernel.run(this.#odd, ticks);
    this.tick += ticks;
  }

  /** Two ticks, and a look at how much differs after them. */
  #probe(quiet: QuietColumns): void {
    const { instance, striped, buffers } = this.#mustLoaded();
    const { kernel, memory } = instance;
    const present = buffers[this.#odd] ?? 0;
    // The column buffers are of no use now, and one is as large as this.
    const copy = buffers[1] + striped.bytes;
    new Uint8Array(memory.buffer).copyWithin(copy, present, present + striped.bytes);
    this.#odd = kernel.run(this.#odd, 2);
    this.tick += 2;
    const differing = kernel.countDifferent(present, copy, striped.bytes);
    const { width, height } = striped.size;
    if (differing * QUIET_CELLS_PER_CHANGE < width * height) this.#enterQuiet(quiet, this.read());
    else this.#probeTick = this.tick + PROBE_TICKS;
  }

  #stepQuiet(quiet: QuietColumns, end: number): void {
    const { kernel, memory } = this.#mustLoaded().instance;
    const isWhole = this.#wholeTicksDue > 0;
    if (isWhole) {
      quiet.listAll(memory.buffer, this.#odd);
      this.#wholeTicksDue -= 1;
    }
    const tilesMax = isWhole ? -1 : Math.floor((quiet.tiles * BUSY_TILES_PER_MILLE) / 1_000);
    const done = kernel.runQuiet(this.#odd, isWhole ? 1 : end - this.tick, tilesMax);
    this.tick += done;
    this.#odd ^= done & 1;
    if (!isWhole && this.tick < end) this.#enterDense(quiet.unpack(memory.buffer, this.#odd));
  }

  /** Tiles that the next tick computes, of how many; undefined while the dense kernel runs. */
  activeTiles(): { readonly active: number; readonly tiles: number } | undefined {
    const { quiet, instance } = this.#mustLoaded();
    if (!this.#isQuiet || quiet === undefined) return undefined;
    const active = this.#wholeTicksDue > 0 ? quiet.tiles : quiet.listLength(instance.memory.buffer);
    return { active, tiles: quiet.tiles };
  }

  read(): Grid {
    const { instance, striped, buffers, quiet } = this.#mustLoaded();
    const { buffer } = instance.memory;
    if (this.#isQuiet && quiet !== undefined) return quiet.unpack(buffer, this.#odd);
    return striped.unpack(new Uint32Array(buffer, buffers[this.#odd], striped.bytes / 4));
  }

  population(): number {
    const { instance, striped, buffers } = this.#mustLoaded();
    if (this.#isQuiet || striped.padding !== undefined) return this.read().population();
    return instance.kernel.countDifferent(buffers[this.#odd] ?? 0, 0, striped.bytes);
  }

  hash(): ValueHash {
    return stateHash(this.read(), this.#hasher);
  }

  close(): void {
    this.#loaded = undefined;
  }

  #mustLoaded(): Loaded {
    assert(this.#loaded !== undefined, "a state was loaded before it is used");
    return this.#loaded;
  }
}
