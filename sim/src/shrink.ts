import type { Beginning } from "./beginning.ts";
import { FAULT_KINDS, type FaultKind } from "./faults.ts";
import { runSeed, type SeedReport } from "./run-seed.ts";
import type { RunOptions } from "./simulation.ts";

/** A failing run without what it does not need. */
export interface Shrunk {
  readonly report: SeedReport;
  readonly stepsMax: number;
  readonly skipped: readonly number[];
  readonly without: readonly FaultKind[];
  /** Runs that it took. */
  readonly runs: number;
}

/** Runs of some 50 ms: a quarter of a minute. */
const RUNS_MAX = 300;

/**
 * Makes a failing run small: fewer steps, fewer kinds of faults, then every step by itself. What is kept fails in the same
 * check as the whole run; every smaller run was tried, and is sound or fails otherwise.
 */
export async function shrink(
  beginning: Beginning,
  failing: SeedReport,
  options: RunOptions,
): Promise<Shrunk> {
  const shrinker = new Shrinker(beginning, failing, options);
  await shrinker.run();
  return shrinker.shrunk();
}

class Shrinker {
  readonly #beginning: Beginning;
  readonly #check: string;
  readonly #options: RunOptions;
  #best: SeedReport;
  #stepsMax: number;
  #skipped = new Set<number>();
  #without = new Set<FaultKind>();
  #runs = 0;

  constructor(beginning: Beginning, failing: SeedReport, options: RunOptions) {
    this.#beginning = beginning;
    this.#check = failing.findings[0]?.check ?? "";
    this.#options = options;
    this.#best = failing;
    this.#stepsMax = failing.steps;
  }

  async run(): Promise<void> {
    for (let cut = this.#stepsMax >> 1; cut > 0; cut >>= 1)
      while (this.#stepsMax > cut && (await this.#tryWith({ stepsMax: this.#stepsMax - cut })))
        this.#stepsMax -= cut;
    for (const kind of FAULT_KINDS) {
      const without = new Set([...this.#without, kind]);
      if (await this.#tryWith({ without })) this.#without = without;
    }
    for (let size = this.#stepsMax >> 1; size > 0; size >>= 1)
      for (let from = 0; from < this.#stepsMax; from += size) {
        const skipped = new Set(this.#skipped);
        for (let step = from; step < Math.min(from + size, this.#stepsMax); step += 1)
          skipped.add(step);
        if (skipped.size > this.#skipped.size && (await this.#tryWith({ skipped })))
          this.#skipped = skipped;
      }
  }

  shrunk(): Shrunk {
    return {
      report: this.#best,
      stepsMax: this.#stepsMax,
      skipped: [...this.#skipped].toSorted((one, other) => one - other),
      without: [...this.#without],
      runs: this.#runs,
    };
  }

  async #tryWith(change: RunOptions): Promise<boolean> {
    if (this.#runs >= RUNS_MAX) return false;
    this.#runs += 1;
    const report = await runSeed(this.#beginning, this.#best.seed, {
      ...this.#options,
      stepsMax: this.#stepsMax,
      skipped: this.#skipped,
      without: this.#without,
      ...change,
    });
    if (report.findings[0]?.check !== this.#check) return false;
    this.#best = report;
    return true;
  }
}
