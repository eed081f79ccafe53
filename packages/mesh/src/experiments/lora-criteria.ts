import { assert, type JsonObject } from "@swoosh/kernel/values";
import { Grid } from "../automaton/grid.ts";
import { FlipNoise } from "../lora/flip-noise.ts";
import { AMPLITUDE_ONE } from "../lora/limits.ts";
import { LoraAutomaton, type RowSource } from "../lora/lora-automaton.ts";
import { PULSE_LAW, PULSE_SHAPE, TRAIN_TICKS } from "../lora/pulse-settings.ts";
import { REGISTERED_ADAPTERS } from "../lora/registered-adapters.ts";
import { adapterSource } from "../lora/row-sources.ts";
import { PATTERN_CLASSES, type PatternClass } from "../patterns/pattern-class.ts";
import { templateOf } from "../patterns/templates.ts";
import { ADAPTER_PAYLOAD } from "./adapter-payload.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { Arm, ArmSample, Claim, Experiment, RunContext } from "./experiment.ts";
import {
  adapterOf,
  FREEZE,
  hasherOf,
  LORA_SIZE,
  persistenceTicks,
  shuffledRows,
  SINGLE,
  SURVIVE_EASILY,
  TICKS_MAX,
  TRAIN,
  type Protection,
} from "./lora-rig.ts";

/** Flips of a cell and tick in a million: the range in which there is something to save. */
const NOISES = [1_000, 2_000, 5_000] as const;

function groupOf(className: PatternClass, flipsPerMillion: number): string {
  return `${className}, ${flipsPerMillion} flips in a million`;
}

function persistenceArm(
  name: string,
  role: Arm["role"],
  protection: (className: PatternClass, seed: number) => Protection,
  mustFail?: readonly string[],
): Arm {
  const run = (seed: number, context: RunContext): readonly ArmSample[] =>
    (context.size === "full" ? NOISES : [2_000]).flatMap((flipsPerMillion) =>
      PATTERN_CLASSES.map((className) => {
        const about = { seed, className, flipsPerMillion, protection: protection(className, seed) };
        const ticks = persistenceTicks(about, hasherOf(context));
        return { group: groupOf(className, flipsPerMillion), values: { ticks } };
      }),
    );
  return arm(name, role, run, mustFail);
}

/** The next class's adapter, in step with its own pattern: what the registry refuses to pulse. */
function mismatched(className: PatternClass): Protection {
  const at = PATTERN_CLASSES.indexOf(className);
  const other = PATTERN_CLASSES[(at + 3) % PATTERN_CLASSES.length] ?? "block";
  const template = templateOf(other, 0, 0);
  assert(template !== undefined, "a template for each class");
  return { kind: "rows", rows: adapterSource(adapterOf(other), { template, tick: 0 }) };
}

const MUST_FAIL = ["train-30"] as const;

const PERSISTENCE_ARMS: readonly Arm[] = [
  persistenceArm("none", "baseline", () => ({ kind: "none" })),
  persistenceArm("train", "ours", () => TRAIN),
  persistenceArm("single", "ours", () => SINGLE),
  persistenceArm("mutant mismatched adapter", "mutant", mismatched, MUST_FAIL),
  persistenceArm(
    "mutant shuffled entries",
    "mutant",
    (className, seed) => ({ kind: "rows", rows: shuffledRows(adapterOf(className), seed) }),
    MUST_FAIL,
  ),
  persistenceArm("mutant freeze rule", "mutant", () => ({ kind: "rows", rows: FREEZE }), MUST_FAIL),
  persistenceArm(
    "mutant S1234",
    "mutant",
    () => ({ kind: "rows", rows: SURVIVE_EASILY }),
    MUST_FAIL,
  ),
  persistenceArm("mutant zero amplitude", "mutant", () => ({ kind: "train", amplitude: 0 }), [
    ...MUST_FAIL,
    "single-30",
  ]),
];

const RATIO = { kind: "ratio", metric: "ticks", baseline: "none" } as const;
const WORST = { kind: "worst-ratio", metric: "ticks", baseline: "none" } as const;

/** The design's bars at one noise. */
function designClaims(flipsPerMillion: number): readonly Claim[] {
  const groups = PATTERN_CLASSES.map((className) => groupOf(className, flipsPerMillion));
  const at = `at ${flipsPerMillion} flips in a million`;
  return [
    atLeast(`train-300-${flipsPerMillion}`, "ambitious", 4, `a train: four times as long, ${at}`, {
      statistic: RATIO,
      arm: "train",
      groups,
    }),
    atLeast(
      `single-150-${flipsPerMillion}`,
      "ambitious",
      5 / 2,
      `a single pulse: two and a half times as long, ${at}`,
      { statistic: RATIO, arm: "single", groups },
    ),
    atLeast(
      `worst-50-${flipsPerMillion}`,
      "ambitious",
      3 / 2,
      `a single pulse: no registered pattern less than half again as long, ${at}`,
      { statistic: WORST, arm: "single", groups },
    ),
  ];
}

/** What the fitted tables are called: agreed before the run, so that nobody changes them after it. */
function frozenAdapters(): JsonObject {
  return {
    adapters: REGISTERED_ADAPTERS.map(({ className, fit }) => `${className} ${fit.chosenRound}`),
    amplitudePer65536: PULSE_SHAPE.amplitude,
    radius: PULSE_SHAPE.radius,
    keepPer65536: PULSE_LAW.keepPer65536,
    spreadPer1024: PULSE_LAW.spreadPer1024,
    trainTicks: TRAIN_TICKS,
    ticksMax: TICKS_MAX,
    side: LORA_SIZE.width,
    noises: [...NOISES],
  };
}

const PERSISTENCE: Experiment = {
  id: "lora.persistence",
  section: "5.5",
  title: "Patterns last longer under pulses",
  method:
    "Each of the ten patterns alone on a torus of 32×32, flips drawn by (seed, tick, cell) after each tick, the same in all arms. Likeness to the undisturbed orbit (Jaccard, within 2 cells of its live ones) is good at 0.8; the time is the first tick at which fewer than 6 of the last 8 were good, cut off at 4,000. A pulse is a disc of radius 12 at amplitude 1.5 where the detector found the pattern on the raw grid; a train is one every 16 ticks where the detector finds it then. Adapters were fitted on streams that no test draws from. Ratios of mean times, geometric mean over patterns.",
  workload: frozenAdapters(),
  seeds: seedsFrom(40_001, 200),
  arms: PERSISTENCE_ARMS,
  claims: [
    atLeast("train-30", "seed", 13 / 10, "a train: at least 30 % longer", {
      statistic: RATIO,
      arm: "train",
    }),
    atLeast("single-30", "seed", 13 / 10, "a single pulse: at least 30 % longer", {
      statistic: RATIO,
      arm: "single",
    }),
    atLeast("none-worse", "seed", 1, "a single pulse harms no registered pattern at any noise", {
      statistic: WORST,
      arm: "single",
    }),
    ...NOISES.flatMap(designClaims),
  ],
};

/** Live cells in a million on empty ground under noise, with a full pulse everywhere or without. */
function liveDensity(seed: number, source: RowSource | undefined, context: RunContext): number {
  const automaton = new LoraAutomaton(LORA_SIZE, { law: PULSE_LAW, hasher: hasherOf(context) });
  automaton.load(new Grid(LORA_SIZE));
  automaton.setSource(0, source);
  const noise = new FlipNoise(seed, 2_000);
  const ticks = context.size === "full" ? 600 : 30;
  let live = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    automaton.addDisc(0, { x: 16, y: 16, radius: 23, amplitude: PULSE_SHAPE.amplitude });
    automaton.step();
    noise.flip(automaton.words, LORA_SIZE, tick);
    live += automaton.read().population();
  }
  return (live * 1_000_000) / (ticks * LORA_SIZE.width * LORA_SIZE.height);
}

const densityArm = (
  name: string,
  role: Arm["role"],
  sourceOf: (className: PatternClass) => RowSource | undefined,
  mustFail?: readonly string[],
): Arm =>
  arm(
    name,
    role,
    (seed, context) =>
      PATTERN_CLASSES.map((className) => ({
        group: className,
        values: { density: liveDensity(seed, sourceOf(className), context) },
      })),
    mustFail,
  );

const FALSE_LIFE: Experiment = {
  id: "lora.false-life",
  section: "5.5",
  title: "Pulses make no life of their own",
  method:
    "Empty ground of 32×32 under 2,000 flips in a million and a full pulse everywhere, 600 ticks, each adapter: live cells over those without a pulse, same flips.",
  workload: { ticks: 600, flipsPerMillion: 2_000, adapters: frozenAdapters() },
  seeds: seedsFrom(41_001, 10),
  arms: [
    densityArm("none", "baseline", () => undefined),
    densityArm("pulse", "ours", (className) => {
      const template = templateOf(className, 0, 0);
      assert(template !== undefined, "a template for each class");
      return adapterSource(adapterOf(className), { template, tick: 0 });
    }),
    densityArm("mutant freeze rule", "mutant", () => FREEZE, ["excess"]),
  ],
  claims: [
    atMost("excess", "seed", 102 / 100, "at most 2 % more live cells, whatever the adapter", {
      statistic: { kind: "worst-ratio", metric: "density", baseline: "none" },
    }),
  ],
};

/** Pattern A until it is lost, then B: total ticks under a rule for which adapter is on. */
function switchingArm(
  name: string,
  role: Arm["role"],
  adapterAt: (now: PatternClass, first: PatternClass, second: PatternClass) => PatternClass,
  mustFail?: readonly string[],
): Arm {
  return arm(
    name,
    role,
    (seed, context) =>
      PATTERN_CLASSES.slice(0, context.size === "full" ? undefined : 4).map((first, at) => {
        const second = PATTERN_CLASSES[(at + 5) % PATTERN_CLASSES.length] ?? "block";
        const ticksOf = (now: PatternClass): number => {
          const on = adapterAt(now, first, second);
          const template = templateOf(on, 0, 0);
          assert(template !== undefined, "a template for each class");
          const rows = adapterSource(adapterOf(on), { template, tick: 0 });
          const about = { seed, className: now, flipsPerMillion: 2_000 };
          return persistenceTicks(
            { ...about, protection: { kind: "rows", rows } },
            hasherOf(context),
          );
        };
        return {
          group: `${first}, then ${second}`,
          values: { ticks: ticksOf(first) + ticksOf(second) },
        };
      }),
    mustFail,
  );
}

const SWITCHING: Experiment = {
  id: "lora.switching",
  section: "5.5",
  title: "Switching beats each fixed adapter",
  method:
    "Pattern A under a train until it is lost, then pattern B, 2,000 flips in a million. The switching arm uses A's adapter, then B's; the others one of them for both. Total ticks, paired by seed. That a switch acts from the next tick on at every cell, and that off is Conway's rule bit by bit, the tests of the package show.",
  workload: { flipsPerMillion: 2_000, adapters: frozenAdapters() },
  seeds: seedsFrom(42_001, 50),
  arms: [
    switchingArm("first adapter for both", "baseline", (_, first) => first),
    switchingArm("second adapter for both", "baseline", (_now, _first, second) => second),
    switchingArm("switching", "ours", (now) => now),
    switchingArm("mutant keeps the old row", "mutant", (_, first) => first, ["beats-first"]),
  ],
  claims: (
    [
      ["beats-first", "first adapter for both", "the first"],
      ["beats-second", "second adapter for both", "the second"],
    ] as const
  ).map(([id, baseline, which]) =>
    atLeast(
      id,
      "seed",
      11 / 10,
      `at least a tenth longer than ${which} pattern's adapter for both`,
      {
        statistic: { kind: "ratio", metric: "ticks", baseline },
      },
    ),
  ),
};

/** Ticks before anything is timed: what a program does once, compiling itself, is no latency of a pulse. */
const WARM_TICKS = 30;

/** ms from the call to the end of the first tick whose rule uses the pulse. */
function pulseMs(context: RunContext, delayTicks: number): number {
  const isFull = context.size === "full";
  // A small run shows that the arms work, on a sixteenth of the cells and in a few ticks.
  const side = isFull ? 1_024 : 256;
  const [warmTicks, waitTicks] = isFull ? [WARM_TICKS, delayTicks] : [2, Math.min(delayTicks, 4)];
  const size = { width: side, height: side };
  const automaton = new LoraAutomaton(size, {
    law: PULSE_LAW,
    channels: 8,
    hasher: hasherOf(context),
  });
  const template = templateOf("glider", 0, 0);
  assert(template !== undefined, "a template for each class");
  const pulse = (channel: number): void => {
    automaton.setSource(channel, adapterSource(adapterOf("glider"), { template, tick: 0 }));
    automaton.addDisc(channel, { x: 100 * channel, y: 500, radius: 12, amplitude: AMPLITUDE_ONE });
  };
  for (let channel = 0; channel < 7; channel += 1) pulse(channel);
  for (let tick = 0; tick < warmTicks; tick += 1) automaton.step();
  const start = context.nowMs();
  pulse(7);
  for (let tick = 0; tick <= waitTicks; tick += 1) automaton.step();
  return context.nowMs() - start;
}

const LATENCY: Experiment = {
  id: "lora.latency",
  section: "5.5",
  title: "From the call to the first tick under the pulse",
  method:
    "1024×1024 torus, seven pulses under way on channels of their own, an eighth is called after 30 ticks of warming up: ms until the first tick that uses it has ended.",
  workload: { side: 1_024, channels: 8, warmTicks: WARM_TICKS },
  seeds: seedsFrom(43_001, 30),
  isTimed: true,
  arms: [
    arm("ours", "ours", (_, context) => [{ values: { ms: pulseMs(context, 0) } }]),
    arm(
      "mutant waits 100 ticks",
      "mutant",
      (_, context) => [{ values: { ms: pulseMs(context, 100) } }],
      ["ten"],
    ),
  ],
  claims: [
    atMost("hundred", "seed", 100, "below 100 ms, 99th percentile", {
      statistic: { kind: "quantile", metric: "ms", perMille: 990 },
      unit: "ms",
    }),
    atMost("ten", "ambitious", 10, "at most 10 ms, 99th percentile", {
      statistic: { kind: "quantile", metric: "ms", perMille: 990 },
      unit: "ms",
    }),
  ],
};

/** Criteria of pulses: what lasts longer, and what must not change. */
export const LORA_CRITERIA: readonly Experiment[] = [
  PERSISTENCE,
  FALSE_LIFE,
  SWITCHING,
  LATENCY,
  ADAPTER_PAYLOAD,
];
