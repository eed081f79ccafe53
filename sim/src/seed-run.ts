import type { Beginning } from "./beginning.ts";
import { writeFixture } from "./fixture.ts";
import type { Ledger } from "./ledger.ts";
import { missingMarks } from "./must-happen.ts";
import { runSeed, type SeedReport } from "./run-seed.ts";
import { shrink } from "./shrink.ts";
import type { RunOptions } from "./simulation.ts";
import { Totals } from "./totals.ts";
import type { WorldName } from "./world-beginning.ts";

/** Seeds between two lines of the ledger, and of the screen. */
const STRETCH = 200;
/**
 * Seeds from which on everything must have happened that can happen. The rarest, a kill at a link, comes in one seed of 108 (724
 * in 78,580): a thousand seeds miss it once in ten thousand runs, two hundred in one of six.
 */
const MARKS_SEEDS_MIN = 1_000;
/** Lines of a failing seed's story that are shown. */
const STORY_LINES_MAX = 80;

export interface SeedRunOptions {
  readonly from: number;
  readonly count: number;
  readonly world: WorldName;
  /** Of the sources. */
  readonly commit: string;
  readonly ledger: Ledger | null;
  /** Where runs that fail are kept; beside these sources unless given. */
  readonly fixtures?: string;
  /** From how many seeds on a fault or rare path that never happened fails the run. */
  readonly marksSeedsMin?: number;
  /** What each seed is played with: a planted bug, in tests. */
  readonly play?: RunOptions;
  readonly write: (text: string) => void;
}

/** Many seeds, one after the other. */
export class SeedRun {
  readonly #beginning: Beginning;
  readonly #options: SeedRunOptions;
  readonly #all = new Totals();
  #isStopped = false;

  constructor(beginning: Beginning, options: SeedRunOptions) {
    this.#beginning = beginning;
    this.#options = options;
  }

  /** Ends after the seed that is being played. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Gives the exit code: 0 where nothing was found, and everything happened that must. */
  async play(): Promise<number> {
    const { count, from, marksSeedsMin = MARKS_SEEDS_MIN, world, write } = this.#options;
    const end = from + count;
    for (let seed = from; seed < end && !this.#isStopped; seed += STRETCH)
      await this.#stretch(seed, Math.min(STRETCH, end - seed));
    const isJudged = this.#all.seeds >= marksSeedsMin;
    const missing = isJudged ? missingMarks(this.#all.marks, world) : [];
    for (const name of missing) write(`never happened: ${name}\n`);
    write(this.#all.marksLine());
    write(this.#all.closingLine());
    return this.#all.violations === 0 && missing.length === 0 ? 0 : 1;
  }

  async #stretch(from: number, count: number): Promise<void> {
    const { commit, count: all, ledger, play, write } = this.#options;
    const totals = new Totals();
    for (let seed = from; seed < from + count && !this.#isStopped; seed += 1) {
      const report = await runSeed(this.#beginning, seed, play);
      totals.add(report);
      this.#all.add(report);
      if (report.findings.length > 0) await this.#tell(report);
    }
    ledger?.add(totals.line(commit, from));
    if (all > STRETCH) write(`${from} to ${from + totals.seeds - 1}: ${this.#all.closingLine()}`);
  }

  /** A failing seed is made small, kept, and told, so that a person sees what led to it and how to play it again. */
  async #tell(report: SeedReport): Promise<void> {
    const { commit, fixtures, play = {}, world, write } = this.#options;
    const shrunk = await shrink(this.#beginning, report, play);
    const path = writeFixture(shrunk, { commit, world }, fixtures);
    const { story } = shrunk.report;
    const shown = story.slice(-STORY_LINES_MAX);
    const left = story.length - shown.length;
    const where = world === "orders" ? "" : `WORLD=${world} `;
    write(
      [
        `── seed ${report.seed} fails at ${commit} ──────────`,
        ...report.findings.map(({ check, claim }) => `   ${check}: ${claim}`),
        `   made small by ${shrunk.runs} runs, kept in ${path}:`,
        ...(left > 0 ? [`   … ${left} lines before`] : []),
        ...shown.map((line) => `   ${line}`),
        `   again: ${where}SEED=${report.seed} make sim`,
        "",
      ].join("\n"),
    );
  }
}
