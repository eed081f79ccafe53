import { readFileSync } from "node:fs";
import { createEngine, createKernel, type CompiledChart, type Kernel } from "@swoosh/kernel";
import {
  ManualClock,
  MemoryDisk,
  nodeHasher,
  RecordingTransport,
  SeededRandom,
} from "@swoosh/kernel/testing";
import { rememberingHasher } from "../remembering-hasher.ts";
import { remembering } from "../sim-charts.ts";
import { TEST_SIGNING } from "../world/signing.ts";
import type { Judge } from "./recompute.ts";

/** Time stands: small histories are about order. */
export const NOW_MS = 1_767_225_600_000;

/** A log that holds nothing yet but its genesis and one chart, and who decides about it. */
export interface SmallBeginning {
  readonly judge: Judge;
  readonly log: readonly string[];
}

export async function createSmallBeginning(): Promise<SmallBeginning> {
  const kernel = remembering(createKernel(rememberingHasher(nodeHasher)));
  const disk = new MemoryDisk();
  const engine = await createEngine(
    kernel,
    {
      clock: new ManualClock(NOW_MS),
      journal: disk.open(),
      crypto: TEST_SIGNING.crypto(),
      random: new SeededRandom(1),
      transport: new RecordingTransport(),
    },
    {
      genesis: {
        name: "small",
        operator: TEST_SIGNING.signer("operator").key,
        identityChart: load(kernel, "charts/identity.yaml"),
      },
    },
  );
  await engine.act.installChart(load(kernel, "sim/charts/shelf.yaml"));
  const evidence = new Map<string, string>(disk.evidence);
  const judge = {
    kernel,
    crypto: TEST_SIGNING.crypto(),
    chart: (hash: string) => evidence.get(hash),
  };
  return { judge, log: [...disk.records] };
}

function load(kernel: Kernel, path: string): CompiledChart {
  const text = readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  const { chart, problems } = kernel.loadChartText(text);
  if (chart === undefined) throw new Error(problems.map(({ message }) => message).join("\n"));
  return chart;
}
