import process from "node:process";
import { Marks } from "./marks.ts";
import type { SeedReport } from "./run-seed.ts";

/** Sums over reports. */
export class Totals {
  readonly marks = new Marks();
  violations = 0;
  seeds = 0;
  readonly #startMs = performance.now();
  readonly #cpu = process.cpuUsage();
  #records = 0;
  #proposals = 0;
  #simulatedMs = 0;

  add(report: SeedReport): void {
    this.seeds += 1;
    this.violations += report.findings.length > 0 ? 1 : 0;
    this.#records += report.records;
    this.#proposals += report.proposals;
    this.#simulatedMs += report.simulatedMs;
    this.marks.addAll(report.marks);
  }

  line(commit: string, from: number) {
    return {
      commit,
      from,
      seeds: this.seeds,
      violations: this.violations,
      records: this.#records,
      simulatedMs: this.#simulatedMs,
      cpuMs: Math.round(this.#cpuMs()),
    };
  }

  marksLine(): string {
    const marks = [...this.marks.counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
    const listed = marks.map(([name, count]) => `${name} ${count}`).join(", ");
    return `${this.#records} records of ${this.#proposals} proposals; ${listed}\n`;
  }

  closingLine(): string {
    const perHour = Math.round(this.seeds / (this.#cpuMs() / 3.6e6));
    const times = Math.round(this.#simulatedMs / (performance.now() - this.#startMs));
    return `${this.seeds} seeds, ${this.violations} violations, ${perHour} seeds/h/core, ${times} x times real time\n`;
  }

  #cpuMs(): number {
    const { system, user } = process.cpuUsage(this.#cpu);
    return (user + system) / 1_000;
  }
}
