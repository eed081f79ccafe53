import { assert, type Hasher, type ValueHash } from "@swoosh/kernel/values";
import type { Engine } from "./engine.ts";
import { Grid, sizeProblem } from "./grid.ts";
import { CONWAY, type Rule } from "./rule.ts";
import { stateHash } from "./state-hash.ts";

/**
 * 32 cells at a time in plain integers: the layout of `Grid`, any size, any rule, no WebAssembly. Each row's sums of three
 * cells are bits of two words (s0, s1), so that nine cells are added with a few logic operations for a whole word.
 */
export class BitsEngine implements Engine {
  readonly name = "bits";
  tick = 0;
  readonly #hasher: Pick<Hasher, "sha256">;
  #grid = new Grid({ width: 5, height: 5 });
  #rule: Rule = CONWAY;
  #words = new Int32Array(0);
  #next = new Int32Array(0);
  /** What nine cells that sum to n become: a word for dead cells, then what differs for live ones. */
  #table = new Int32Array(0);

  /** `hasher` is what `hash()` hashes with; stepping asks nothing of it. */
  constructor(hasher: Pick<Hasher, "sha256">) {
    this.#hasher = hasher;
  }

  /** Copies the cells of `grid` and begins at tick 0 under `rule`. Asserts a size that engines take. */
  load(grid: Grid, rule: Rule): void {
    const problem = sizeProblem(grid);
    assert(problem === undefined, `a size that engines take: ${problem}`);
    this.#grid = new Grid(grid);
    this.#rule = rule;
    this.#words = new Int32Array(grid.words);
    this.#next = new Int32Array(grid.words.length);
    this.#table = Int32Array.from(ruleTable(rule));
    this.tick = 0;
  }

  /** Runs `ticks` ticks, a whole number from 0; Conway's rule by its own formula, any other one by its table. */
  step(ticks: number): void {
    const { height, stride } = this.#grid;
    const isConway = this.#rule.text === CONWAY.text;
    for (let done = 0; done < ticks; done += 1) {
      for (let y = 0; y < height; y += 1) {
        const up = (y === 0 ? height - 1 : y - 1) * stride;
        const down = (y === height - 1 ? 0 : y + 1) * stride;
        if (isConway) this.#stepRow(up, y * stride, down);
        else this.#stepAnyRow(up, y * stride, down);
      }
      [this.#words, this.#next] = [this.#next, this.#words];
    }
    this.tick += ticks;
  }

  /** Conway: the sum of nine cells is 3, or it is 4 and the cell is alive. */
  #stepRow(up: number, mid: number, down: number): void {
    const words = this.#words;
    const next = this.#next;
    const { stride, width } = this.#grid;
    const last = stride - 1;
    const lastBit = (width - 1) & 31;
    const first = columnSums(words, up, mid, down);
    const first0 = first[0] & 1;
    const first1 = first[1] & 1;
    const end = columnSums(words, up + last, mid + last, down + last);
    let left0 = (end[0] >>> lastBit) & 1;
    let left1 = (end[1] >>> lastBit) & 1;
    let [sum0, sum1] = first;
    for (let word = 0; word <= last; word += 1) {
      let next0 = 0;
      let next1 = 0;
      let right0 = first0 << lastBit;
      let right1 = first1 << lastBit;
      if (word < last) {
        const u = words[up + word + 1] ?? 0;
        const n = words[mid + word + 1] ?? 0;
        const d = words[down + word + 1] ?? 0;
        const un = u ^ n;
        next0 = un ^ d;
        next1 = (u & n) | (un & d);
        right0 = next0 << 31;
        right1 = next1 << 31;
      }
      const l0 = (sum0 << 1) | left0;
      const l1 = (sum1 << 1) | left1;
      const r0 = (sum0 >>> 1) | right0;
      const r1 = (sum1 >>> 1) | right1;
      const lc = l0 ^ sum0;
      const ones = lc ^ r0;
      const carry = (l0 & sum0) | (lc & r0);
      const pair = l1 ^ sum1;
      const other = r1 ^ carry;
      const both = l1 & sum1;
      const bothOther = r1 & carry;
      const odd = pair ^ other;
      const alive = words[mid + word] ?? 0;
      const three = ones & odd & ~(both | bothOther);
      const four = alive & ~ones & ~odd & (pair | (both ^ bothOther));
      next[mid + word] = three | four;
      left0 = sum0 >>> 31;
      left1 = sum1 >>> 31;
      sum0 = next0;
      sum1 = next1;
    }
    // Above the last cell of the row may stand what its own word's neighbours made.
    next[mid + last] = (next[mid + last] ?? 0) & (0xffff_ffff >>> (31 - lastBit));
  }

  /** Any rule: the sum of nine cells in four bits, each value looked up. Half as fast. */
  #stepAnyRow(up: number, mid: number, down: number): void {
    const words = this.#words;
    const table = this.#table;
    const { stride, width } = this.#grid;
    const last = stride - 1;
    const lastBit = (width - 1) & 31;
    const first = columnSums(words, up, mid, down);
    let left = columnSums(words, up + last, mid + last, down + last).map(
      (sum) => (sum >>> lastBit) & 1,
    );
    let sums = first;
    for (let word = 0; word <= last; word += 1) {
      const isLast = word === last;
      const right = isLast
        ? first
        : columnSums(words, up + word + 1, mid + word + 1, down + word + 1);
      const shift = isLast ? lastBit : 31;
      const [s0, s1] = sums;
      const l0 = (s0 << 1) | (left[0] ?? 0);
      const l1 = (s1 << 1) | (left[1] ?? 0);
      const r0 = (s0 >>> 1) | ((right[0] & 1) << shift);
      const r1 = (s1 >>> 1) | ((right[1] & 1) << shift);
      const lc = l0 ^ s0;
      const t0 = lc ^ r0;
      const carry = (l0 & s0) | (lc & r0);
      const pair = l1 ^ s1;
      const other = r1 ^ carry;
      const both = l1 & s1;
      const bothOther = r1 & carry;
      const t1 = pair ^ other;
      const t2 = both ^ bothOther ^ (pair & other);
      const t3 = both & bothOther;
      const alive = words[mid + word] ?? 0;
      let result = 0;
      for (let sum = 0; sum <= 9; sum += 1) {
        const is =
          (sum & 1 ? t0 : ~t0) & (sum & 2 ? t1 : ~t1) & (sum & 4 ? t2 : ~t2) & (sum & 8 ? t3 : ~t3);
        result |= is & ((table[2 * sum] ?? 0) ^ (alive & (table[2 * sum + 1] ?? 0)));
      }
      this.#next[mid + word] = isLast ? result & (0xffff_ffff >>> (31 - lastBit)) : result;
      left = [s0 >>> 31, s1 >>> 31];
      sums = right;
    }
  }

  /** The present cells themselves, as words of `Grid`: for one who changes them between ticks. Others after each step. */
  get words(): Int32Array {
    return this.#words;
  }

  read(): Grid {
    return new Grid(this.#grid, new Uint32Array(this.#words));
  }

  population(): number {
    return this.read().population();
  }

  hash(): ValueHash {
    return stateHash(this.read(), this.#hasher);
  }

  close(): void {
    this.#words = this.#next = new Int32Array(0);
  }
}

/** The sum of three cells, one below the other, as two bits for each of 32 columns. */
function columnSums(words: Int32Array, up: number, mid: number, down: number): [number, number] {
  const u = words[up] ?? 0;
  const n = words[mid] ?? 0;
  const d = words[down] ?? 0;
  const un = u ^ n;
  return [un ^ d, (u & n) | (un & d)];
}

/**
 * For each sum of nine cells, 0 to 9: all bits where a dead cell comes alive, then all bits where a live cell becomes
 * something else than a dead one. A live cell counts itself.
 */
export function ruleTable({ birth, survive }: Rule): readonly number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((sum) => {
    const dead = (birth >>> sum) & 1 ? -1 : 0;
    const alive = sum > 0 && (survive >>> (sum - 1)) & 1 ? -1 : 0;
    return [dead, dead ^ alive];
  });
}
