import { assert, type Hasher, type ValueHash } from "@swoosh/kernel/values";
import type { Engine } from "./engine.ts";
import { Grid, sizeProblem } from "./grid.ts";
import { CONWAY, type Rule } from "./rule.ts";
import { stateHash } from "./state-hash.ts";

/**
 * The oracle: one byte a cell, every neighbour fetched by its coordinates, the rule asked for each cell. Slow, and so
 * plain that it can be checked by reading; the other engines are held to it.
 */
export class NaiveEngine implements Engine {
  readonly name = "naive";
  tick = 0;
  readonly #hasher: Pick<Hasher, "sha256">;
  #size = { width: 0, height: 0 };
  #rule: Rule = CONWAY;
  #cells: Uint8Array = new Uint8Array(0);
  #next: Uint8Array = new Uint8Array(0);

  /** `hasher` is what `hash()` hashes with; stepping asks nothing of it. */
  constructor(hasher: Pick<Hasher, "sha256">) {
    this.#hasher = hasher;
  }

  /** Copies the cells of `grid`, a byte each, and begins at tick 0 under `rule`. Asserts a size that engines take. */
  load(grid: Grid, rule: Rule): void {
    const problem = sizeProblem(grid);
    assert(problem === undefined, `a size that engines take: ${problem}`);
    this.#size = { width: grid.width, height: grid.height };
    this.#rule = rule;
    this.#cells = grid.toBytes();
    this.#next = new Uint8Array(this.#cells.length);
    this.tick = 0;
  }

  /** Runs `ticks` ticks, a whole number from 0, one after another. */
  step(ticks: number): void {
    for (let done = 0; done < ticks; done += 1) this.#stepOnce();
    this.tick += ticks;
  }

  #stepOnce(): void {
    const { width, height } = this.#size;
    const { birth, survive } = this.#rule;
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) {
        const mask = this.#cells[y * width + x] === 1 ? survive : birth;
        this.#next[y * width + x] = (mask >>> this.#neighbours(x, y)) & 1;
      }
    }
    [this.#cells, this.#next] = [this.#next, this.#cells];
  }

  #neighbours(x: number, y: number): number {
    const { width, height } = this.#size;
    let count = 0;
    for (let dy = -1; dy <= 1; dy += 1) {
      for (let dx = -1; dx <= 1; dx += 1) {
        if (dx === 0 && dy === 0) continue;
        const row = (y + dy + height) % height;
        count += this.#cells[row * width + ((x + dx + width) % width)] ?? 0;
      }
    }
    return count;
  }

  read(): Grid {
    return Grid.fromBytes(this.#size, this.#cells);
  }

  population(): number {
    return this.#cells.reduce((sum, cell) => sum + cell, 0);
  }

  hash(): ValueHash {
    return stateHash(this.read(), this.#hasher);
  }

  close(): void {
    this.#cells = this.#next = new Uint8Array(0);
  }
}
