import type { CompiledChart, Kernel } from "@swoosh/kernel";
import { createBeginning } from "./beginning.ts";
import { ChartWorkload, type ScriptLine } from "./chart-workload.ts";
import { compileInvariant, type Invariant } from "./invariants.ts";
import { runSeed, type SeedReport } from "./run-seed.ts";
import { shrink, type Shrunk } from "./shrink.ts";
import { loadSimCharts } from "./sim-charts.ts";

export interface ChartSimulation {
  readonly kernel: Kernel;
  readonly charts: readonly CompiledChart[];
  /** In CEL, over every chart in which they compile; at least one. */
  readonly invariants: readonly string[];
  readonly script: readonly ScriptLine[];
  readonly from: number;
  readonly seeds: number;
  /** After each seed. */
  onSeed(report: SeedReport): void;
}

export interface ChartSimulated {
  /** Seeds that were played: fewer than wanted where one failed. */
  readonly seeds: number;
  readonly records: number;
  /** Accepted proposals of the users' own charts, by `chart transition`: what no seed reached was not tested. */
  readonly accepted: ReadonlyMap<string, number>;
  readonly last: SeedReport | null;
  /** The first run that failed, made small; null: none did. */
  readonly failed: Shrunk | null;
}

/** What is wrong with the call: an invariant that compiles in no chart. */
export interface BadInvariant {
  readonly source: string;
  readonly problem: string;
}

/**
 * Plays users' charts on the simulated node, under the same bad luck as our own, until a seed fails or all are played. The
 * node keeps what it promises to everybody; and of each state of each instance the users' invariants must hold.
 */
export async function simulateCharts(
  given: ChartSimulation,
): Promise<ChartSimulated | BadInvariant> {
  const { charts, kernel } = given;
  const invariants: Invariant[] = [];
  for (const source of given.invariants) {
    const compiled = charts.map((chart) => compileInvariant(kernel, chart, source));
    const sound = compiled.filter((one) => typeof one !== "string");
    const [problem] = compiled.filter((one) => typeof one === "string");
    if (sound.length === 0) return { source, problem: problem ?? "there is no chart" };
    invariants.push(...sound);
  }
  const workload = new ChartWorkload(charts, given.script);
  const { identity } = loadSimCharts();
  const beginning = await createBeginning(
    { kernel, identity, others: charts },
    { workload: () => workload.fresh(), invariants },
  );
  const accepted = new Map<string, number>();
  let records = 0;
  let last: SeedReport | null = null;
  for (let seed = given.from; seed < given.from + given.seeds; seed += 1) {
    last = await runSeed(beginning, seed);
    records += last.records;
    count(accepted, last);
    given.onSeed(last);
    if (last.findings.length === 0) continue;
    const failed = await shrink(beginning, last, {});
    return { seeds: seed - given.from + 1, records, accepted, last, failed };
  }
  return { seeds: given.seeds, records, accepted, last, failed: null };
}

function count(accepted: Map<string, number>, { judged }: SeedReport): void {
  for (const text of judged?.history.log ?? []) {
    const found =
      /"instance":"([^"/]+)\/[^"]*","origin":"[^"]*","signer":"[^"]*","transition":"([^"]+)"/u.exec(
        text,
      );
    if (found === null) continue;
    const name = `${found[1] ?? ""} ${found[2] ?? ""}`;
    accepted.set(name, (accepted.get(name) ?? 0) + 1);
  }
}
