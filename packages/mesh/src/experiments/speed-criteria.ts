import type { Engine } from "../automaton/engine.ts";
import { NaiveEngine } from "../automaton/naive-engine.ts";
import { CONWAY } from "../automaton/rule.ts";
import { SimdEngine } from "../automaton/simd/simd-engine.ts";
import { WorkersEngine } from "../automaton/simd/workers-engine.ts";
import { createKeyIndex, type LikenessHost } from "../embed/likeness/key-index.ts";
import { soup } from "../random/soup.ts";
import { writeRle } from "../rle/write-rle.ts";
import { keyOfCodes } from "../shards/vector-key.ts";
import { atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import { engineArm, type Lent } from "./engine-arm.ts";
import type { Arm, ArmResult, ArmSample, Experiment, RunContext } from "./experiment.ts";

/** What the host lends as `golly`: ms of user time that Golly's QuickLife takes to load a pattern and run it so far. */
type LentGolly = (rle: string, generations: number) => number;

const SIDE = 4_096;
const SMALL_SIDE = 256;
/** Ends of the windows in which both are timed. */
const WINDOWS = [64, 256, 1_024, 4_096, 8_192];
const EARLY = "1–256";
const LARGE = "4,096²";
const SMALL = "256²";
const TWO = "two workers";

const sideOf = ({ size }: RunContext): number => (size === "full" ? SIDE : 128);
const windowsOf = ({ size }: RunContext): readonly number[] =>
  size === "full" ? WINDOWS : WINDOWS.slice(0, 2);
const windowName = (from: number, to: number): string => `${from + 1}–${to}`;

/** Time of this thread alone where the host can tell it, so that what others take of the machine is not in it. */
function clockOf(context: RunContext): () => number {
  const lent = context.lend("cpuMs");
  // The name is the agreement between host and arms.
  return typeof lent === "function" ? (lent as () => number) : context.nowMs;
}

/** 10⁹ cells a second. */
function rate(side: number, ticks: number, ms: number): number {
  return (side * side * ticks) / Math.max(ms, 1 / 1_000) / 1_000_000;
}

function stepRate(
  engine: Engine,
  given: { readonly side: number; readonly seed: number; readonly warm: number },
  ticks: number,
  clockMs: () => number,
): number {
  const { side, seed, warm } = given;
  engine.load(soup({ width: side, height: side }, { seed }), CONWAY);
  engine.step(warm);
  const startedMs = clockMs();
  engine.step(ticks);
  const ms = clockMs() - startedMs;
  engine.close();
  return rate(side, ticks, ms);
}

/** The soup from its beginning, window by window; and the two sizes of the design, warmed up. */
function simd({ hasher, kernels }: Lent, seed: number, context: RunContext): readonly ArmSample[] {
  const [side, clockMs] = [sideOf(context), clockOf(context)];
  const engine = new SimdEngine(hasher, kernels);
  // What is compiled is compiled before it is timed.
  stepRate(engine, { side, seed, warm: 0 }, 16, clockMs);
  engine.load(soup({ width: side, height: side }, { seed }), CONWAY);
  const windows: { readonly from: number; readonly to: number; readonly ms: number }[] = [];
  for (const to of windowsOf(context)) {
    const from = engine.tick;
    const startedMs = clockMs();
    engine.step(to - from);
    windows.push({ from, to, ms: clockMs() - startedMs });
  }
  engine.close();
  const early = windows.slice(0, 2).reduce((sum, { ms }) => sum + ms, 0);
  const small = { side: SMALL_SIDE, seed, warm: 64 };
  const ticks = context.size === "full" ? 4_000 : 20;
  const two = new WorkersEngine(hasher, kernels, 2);
  return [
    ...windows.map(({ from, to, ms }) => ({
      group: windowName(from, to),
      values: { rate: rate(side, to - from, ms) },
    })),
    { group: EARLY, values: { rate: rate(side, 256, early) } },
    { group: LARGE, values: { rate: rate(side, 256, early) } },
    // In a soup of this size little happens soon: a fresh one, not yet looked at for quiet tiles.
    {
      group: SMALL,
      values: { rate: stepRate(new SimdEngine(hasher, kernels), small, ticks, clockMs) },
    },
    {
      group: TWO,
      values: {
        rate: stepRate(two, { side, seed, warm: 8 }, sideOf(context) / 16, context.nowMs),
      },
    },
    ...nearest(context),
  ];
}

/** µs of the search for the key that is most like another: among a cell's neighbours, and in a mesh of 100×100. */
function nearest(context: RunContext): readonly ArmSample[] {
  const lent = context.lend("likeness");
  const clockMs = clockOf(context);
  const keyAt = (seed: number) =>
    keyOfCodes(Int8Array.from({ length: 768 }, (_, at) => ((seed * 31 + at * 17 + 7) % 211) - 105));
  const query = keyAt(-1);
  return [[8, "hop"] as const, [context.size === "full" ? 10_000 : 50, "whole mesh"] as const].map(
    ([size, group]) => {
      // The name is the agreement between host and arms.
      const index = createKeyIndex(size, lent as LikenessHost | undefined);
      for (let cell = 0; cell < size; cell += 1) index.set(cell, keyAt(cell));
      const calls = context.size === "full" ? Math.ceil(400_000 / size) : 3;
      let spent = 0;
      for (let warm = 0; warm < calls / 4; warm += 1) spent += index.nearest(query)?.index ?? 0;
      const startedMs = clockMs();
      for (let call = 0; call < calls; call += 1) spent += index.nearest(query)?.index ?? 0;
      const micros = ((clockMs() - startedMs) * 1_000) / calls;
      return { group, values: { micros: spent >= 0 ? micros : Number.NaN } };
    },
  );
}

function naive({ hasher }: Lent, seed: number, context: RunContext): readonly ArmSample[] {
  const clockMs = clockOf(context);
  const rateOf = (side: number, ticks: number): number =>
    stepRate(new NaiveEngine(hasher), { side, seed, warm: 1 }, ticks, clockMs);
  const large = rateOf(sideOf(context), 2);
  return [
    { group: LARGE, values: { rate: large } },
    { group: SMALL, values: { rate: rateOf(SMALL_SIDE, 30) } },
    // For the mutant: as fast in every window as it is in the first.
    ...[EARLY, ...windowNames(windowsOf(context))].map((group) => ({
      group,
      values: { rate: large },
    })),
  ];
}

function windowNames(ends: readonly number[]): readonly string[] {
  return ends.map((to, index) => windowName(ends[index - 1] ?? 0, to));
}

function golly(seed: number, context: RunContext): ArmResult {
  const lent = context.lend("golly");
  if (typeof lent !== "function")
    return { ran: false, reason: "bgolly is not installed here (Debian: apt-get install golly)" };
  // The name is the agreement between host and arms.
  const run = lent as LentGolly;
  const side = sideOf(context);
  const rle = writeRle(soup({ width: side, height: side }, { seed }), CONWAY);
  const ends = windowsOf(context);
  const loadingMs = run(rle, 0);
  const untilMs = ends.map((end) => Math.max(run(rle, end) - loadingMs, 1));
  const samples = windowNames(ends).map((group, index): ArmSample => {
    const [from, to] = [ends[index - 1] ?? 0, ends[index] ?? 0];
    // Two runs are subtracted: a window that took no time that can be told took a ms.
    const ms = Math.max((untilMs[index] ?? 0) - (untilMs[index - 1] ?? 0), 1);
    return { group, values: { rate: rate(side, to - from, ms) } };
  });
  return {
    ran: true,
    samples: [...samples, { group: EARLY, values: { rate: rate(side, 256, untilMs[1] ?? 1) } }],
  };
}

const GOLLY = "Golly's QuickLife";
const NAIVE = "naive";
const atRate = (group: string) => ({
  statistic: { kind: "mean", metric: "rate" } as const,
  groups: [group],
  unit: "10⁹ cells/s",
});
const timesOf = (baseline: string, groups: readonly string[]) => ({
  statistic: { kind: "worst-ratio", metric: "rate", baseline } as const,
  groups,
});
const micros = (group: string) => ({
  statistic: { kind: "quantile", metric: "micros", perMille: 500 } as const,
  groups: [group],
  unit: "µs",
});

const naiveArm = (role: "baseline" | "mutant"): Arm => ({
  name: role === "baseline" ? NAIVE : "the naive engine in its place",
  role,
  run: engineArm(naive),
  ...(role === "mutant" ? { mustFail: ["golly-early", "naive"] } : {}),
});

/** mesh.md asks for ratios in one run: engines take turns, seed by seed, by the time that each has used itself. */
const SPEED: Experiment = {
  id: "automaton.speed",
  section: "5.2",
  title: "Speed beside other engines",
  method:
    "A soup of 4,096² cells in windows of generations (1–64, –256, –1,024, –4,096, –8,192): the SIMD engine on a torus, and Golly 3.3's QuickLife (bgolly) on the plane, with loading taken off; one thread each, by the time that it used. The naive engine for two ticks, and both on 256². Two workers by the clock on the wall, which a loaded machine spoils. The key that is most like another, among 8 and among 10,000. Engines take turns, seed by seed.",
  workload: { side: SIDE, windows: WINDOWS, smallSide: SMALL_SIDE },
  seeds: seedsFrom(57_001, 5),
  isTimed: true,
  arms: [
    { name: "ours", role: "ours", run: engineArm(simd) },
    naiveArm("baseline"),
    { name: GOLLY, role: "baseline", run: golly },
    naiveArm("mutant"),
  ],
  claims: [
    atLeast("golly-early", "seed", 10, "ten times QuickLife in generations 1 to 256", {
      ...timesOf(GOLLY, [EARLY]),
    }),
    atLeast("golly-late", "seed", 1, "and in no later window slower", {
      ...timesOf(GOLLY, windowNames(WINDOWS).slice(2)),
    }),
    atLeast("naive", "seed", 600, "600 times the naive engine, in either size", {
      ...timesOf(NAIVE, [LARGE, SMALL]),
    }),
    atLeast("large", "ambitious", 60, "4,096²: 60 · 10⁹ cells a second", atRate(LARGE)),
    atLeast("small", "ambitious", 45, "256²: 45 · 10⁹", atRate(SMALL)),
    atLeast("two", "ambitious", 110, "two workers: 110 · 10⁹", atRate(TWO)),
    atMost("hop", "ambitious", 1 / 2, "a hop's decision in 0.5 µs", micros("hop")),
    atMost("whole", "ambitious", 900, "the nearest of 10,000 in 0.9 ms", micros("whole mesh")),
  ],
};

/** The bars of the design's last chapter, as ratios in one run. */
export const SPEED_CRITERIA: readonly Experiment[] = [SPEED];
