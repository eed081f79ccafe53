import type { CompiledChart } from "../chart/compiled-chart.ts";
import { hashOfCanonical, type ValueHash } from "../hash.ts";
import type { EngineKernel, OtherCharts } from "./engine-kernel.ts";
import { JournalError } from "./journal-error.ts";
import type { JournalReader } from "./ports.ts";

/**
 * Compiled charts by hash. Records name charts by hash alone; their normal forms are evidence, so what is not here yet
 * is fetched from the journal and compiled. Owns nothing that could not be made again.
 */
export class ChartShelf {
  readonly #kernel: EngineKernel;
  readonly #journal: JournalReader;
  readonly #charts = new Map<ValueHash, CompiledChart>();

  constructor(kernel: EngineKernel, journal: JournalReader) {
    this.#kernel = kernel;
    this.#journal = journal;
  }

  put(chart: CompiledChart): void {
    this.#charts.set(chart.hash, chart);
  }

  at(hash: ValueHash): CompiledChart | undefined {
    return this.#charts.get(hash);
  }

  /** Puts the chart with this hash on the shelf; rejects with `corrupt` where that cannot be. */
  async fetch(hash: ValueHash, otherCharts: OtherCharts): Promise<CompiledChart> {
    const known = this.#charts.get(hash);
    if (known !== undefined) return known;
    const text = await this.#journal.evidence(hash);
    if (text === undefined)
      throw new JournalError(
        "corrupt",
        `chart ${hash} is not among the journal's evidence; restore it`,
      );
    const found = hashOfCanonical(this.#kernel.hasher, text);
    if (found !== hash)
      throw new JournalError(
        "corrupt",
        `the evidence kept as ${hash} hashes to ${found}; restore it`,
      );
    const compiled = this.#kernel.compileNormal(text, otherCharts);
    if (!compiled.ok)
      throw new JournalError("corrupt", `chart ${hash} cannot be run here: ${compiled.problem}`);
    this.put(compiled.chart);
    return compiled.chart;
  }
}
