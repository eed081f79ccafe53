import { BitsEngine } from "../automaton/bits-engine.ts";
import type { Engine } from "../automaton/engine.ts";
import { CONWAY } from "../automaton/rule.ts";
import { SimdEngine } from "../automaton/simd/simd-engine.ts";
import { EnergyField } from "../energy/energy-field.ts";
import { createEventWriter } from "../events/event-writer.ts";
import { findPatterns } from "../patterns/find-patterns.ts";
import { soup } from "../random/soup.ts";
import { atMost, seedsFrom } from "./arm-parts.ts";
import { engineArm, type Lent } from "./engine-arm.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

const SIDES = [5, 32, 256] as const;
const LARGE_SIDE = 4_096;
const STEPS = 300;
const LARGE_STEPS = 100;
const SLEEP_MS = 11;

/** ms of single ticks, each with the line that tells of it written; a soup, so that much happens. */
function stepTimes(
  engine: Engine,
  given: { readonly side: number; readonly seed: number; readonly steps: number },
  nowMs: () => number,
  sleepMs: number,
): readonly ArmSample[] {
  const { side, seed, steps } = given;
  engine.load(soup({ width: side, height: side }, { seed }), CONWAY);
  const writer = createEventWriter();
  let bytes = 0;
  const samples: ArmSample[] = [];
  // The first tenth warms up.
  for (let step = -steps / 10; step < steps; step += 1) {
    const startMs = nowMs();
    engine.step(1);
    bytes += writer.line(
      { type: "hop", shard: 1, from: 0, to: 1, reason: "greedy", hops: 1 },
      step,
    ).length;
    while (nowMs() - startMs < sleepMs);
    const ms = nowMs() - startMs;
    if (step >= 0 && bytes > 0) samples.push({ group: String(side), values: { ms } });
  }
  engine.close();
  return samples;
}

function times(
  { hasher, kernels }: Lent,
  seed: number,
  { size, nowMs }: RunContext,
  sleepMs: number,
): readonly ArmSample[] {
  const steps = size === "full" ? STEPS : 20;
  const small = SIDES.flatMap((side) =>
    stepTimes(new BitsEngine(hasher), { side, seed, steps }, nowMs, sleepMs),
  );
  if (sleepMs > 0) return small;
  const large = { side: size === "full" ? LARGE_SIDE : 256, seed, steps: LARGE_STEPS };
  return [
    ...small,
    ...(size === "full" ? stepTimes(new SimdEngine(hasher, kernels), large, nowMs, 0) : []),
    ...scanTimes(seed, size, nowMs),
    ...energyTimes(size, nowMs),
  ];
}

/** ms of scans of 256² cells of ash. */
function scanTimes(
  seed: number,
  size: RunContext["size"],
  nowMs: () => number,
): readonly ArmSample[] {
  const engine = new BitsEngine({ sha256: () => new Uint8Array(32) });
  engine.load(soup({ width: 256, height: 256 }, { seed }), CONWAY);
  engine.step(1_000);
  const grid = engine.read();
  const samples: ArmSample[] = [];
  for (let scan = -5; scan < (size === "full" ? 50 : 3); scan += 1) {
    const startMs = nowMs();
    const found = findPatterns(grid).length;
    const ms = nowMs() - startMs;
    if (scan >= 0) samples.push({ group: "scan", values: { ms, found } });
  }
  return samples;
}

/** ms of a step of an energy field of 1,024² cells. */
function energyTimes(size: RunContext["size"], nowMs: () => number): readonly ArmSample[] {
  const side = size === "full" ? 1_024 : 64;
  const field = new EnergyField(
    { width: side, height: side },
    { lossPerMillion: 20_000, spreadPerMillion: 100_000 },
  );
  field.setSource(0, 0, 1);
  const samples: ArmSample[] = [];
  for (let step = -5; step < (size === "full" ? 30 : 3); step += 1) {
    const startMs = nowMs();
    field.step();
    const ms = nowMs() - startMs;
    if (step >= 0) samples.push({ group: "energy", values: { ms } });
  }
  return samples;
}

const p99 = (group: string) => ({
  statistic: { kind: "quantile", metric: "ms", perMille: 990 } as const,
  groups: [group],
  unit: "ms",
});
const median = (group: string) => ({
  statistic: { kind: "quantile", metric: "ms", perMille: 500 } as const,
  groups: [group],
  unit: "ms",
});

const LATENCY: Experiment = {
  isTimed: true,
  id: "automaton.latency",
  section: "5.2",
  title: "How long a tick takes",
  method:
    "Soups of 5×5, 32×32 and 256×256 cells, 300 single ticks of the bit-sliced engine each, every tick with an event line written; 4,096×4,096 cells under the SIMD engine, 100 ticks; 50 scans of 256×256 cells of ash for the ten patterns; 30 steps of an energy field of 1,024×1,024 cells. Warming up is not counted.",
  workload: {
    sides: [...SIDES],
    largeSide: LARGE_SIDE,
    steps: STEPS,
    largeSteps: LARGE_STEPS,
    sleepMs: SLEEP_MS,
  },
  seeds: seedsFrom(57_001, 5),
  arms: [
    {
      name: "ours",
      role: "ours",
      run: engineArm((lent, seed, context) => times(lent, seed, context, 0)),
    },
    {
      name: "sleeps 11 ms",
      role: "mutant",
      run: engineArm((lent, seed, context) => times(lent, seed, context, SLEEP_MS)),
      mustFail: SIDES.map((side) => `side-${side}`),
    },
  ],
  claims: [
    ...SIDES.map((side) =>
      atMost(`side-${side}`, "seed", 10, `${side}×${side}: 99 % of the ticks below 10 ms`, {
        ...p99(String(side)),
      }),
    ),
    atMost("scan", "seed", 50, "a scan of 256×256 for patterns within 50 ms", p99("scan")),
    atMost("scan-design", "ambitious", 5, "a scan within 5 ms, median", median("scan")),
    atMost("large", "ambitious", 1, "4,096×4,096: 99 % of the ticks within 1 ms", {
      ...p99(String(LARGE_SIDE)),
    }),
    atMost("energy", "ambitious", 22 / 10, "a step of 1,024×1,024 cells of energy, median", {
      ...median("energy"),
    }),
  ],
};

/** Criteria of the time that ticks, scans and fields take. */
export const LATENCY_CRITERIA: readonly Experiment[] = [LATENCY];
