import { createWayHint } from "../hint/way-hint.ts";
import { chooseHop, type NeighbourView, type RouterWeights } from "../router/choose-hop.ts";
import { walkAlone, wayOf } from "../router/walk-alone.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import type { Shard } from "../shards/shard.ts";
import { cosine, type VectorKey } from "../shards/vector-key.ts";
import { arm, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { HINT_SETTINGS } from "./hint-shorter.ts";
import { contentField, contentTopology } from "./content-routing.ts";

const DECISIONS = 500;
/** Decisions in a turn: all, for the clock of a thread ticks in milliseconds, and fewer would take none. */
const SLICE = DECISIONS;
const ROUNDS = 61;
/** Ticks that the trails are old when they are read: what a power would have to be multiplied out for. */
const AGE_TICKS = 600;
interface Decision {
  readonly shard: Shard;
  readonly to: number;
}

/** Decisions of ways that were gone before, half of them to hot targets: both sides take the same ones, in one order. */
function decisionsOf(seed: number, summaries: readonly VectorKey[]) {
  const topology = contentTopology("small");
  const draws = createDraws(seedOf(seed, 17));
  const hint = createWayHint(topology, HINT_SETTINGS);
  const hot = Array.from({ length: 8 }, () => draws.below(topology.cells));
  const decisions: Decision[] = [];
  for (let walked = 0; decisions.length < DECISIONS; walked += 1) {
    const from = draws.below(topology.cells);
    const to = walked % 2 === 0 ? draws.below(topology.cells) : (hot[walked % hot.length] ?? from);
    const key = summaries[to];
    if (from === to || key === undefined) continue;
    const walk = walkAlone(
      {
        topology,
        key,
        isOpen: () => true,
        affinity: (cell) => affinityOf(summaries, cell, key),
        weights: { queue: 0, hint: 0 },
      },
      { from, to, hopsMax: topology.cells },
    );
    hint.learn(wayOf(walk.at), walked);
    while (hint.relax(() => true));
    for (let at = walk.at.earlier; at !== undefined; at = at.earlier) {
      const shard: Shard = {
        id: 1,
        key,
        payload: "",
        to,
        bornTick: 0,
        ttlTicks: 1_000,
        hops: 0,
        at,
        life: "waiting",
      };
      decisions.push({ shard, to });
    }
  }
  // Old trails, as those of a quiet hour are.
  hint.learn([], AGE_TICKS);
  return { topology, hint, decisions: decisions.slice(0, DECISIONS) };
}

function affinityOf(summaries: readonly VectorKey[], cell: number, key: VectorKey): number {
  const summary = summaries[cell];
  return summary === undefined ? -1 : cosine(summary, key);
}

/** Time of the same decisions with and without the hint, in turns, so that a slow moment falls on both. */
function overhead(seed: number, context: RunContext, isEager: boolean): readonly ArmSample[] {
  const summaries = contentField(contentTopology("small"), seed);
  const { topology, hint, decisions } = decisionsOf(seed, summaries);
  const clockMs = clockOf(context);
  const decide = (
    { shard, to }: Decision,
    hintOf: ((cell: number, to: number) => number) | undefined,
    weights: RouterWeights,
  ): number => {
    const views: NeighbourView[] = [];
    for (const cell of topology.neighbours[shard.at.cell] ?? [])
      views.push({
        cell,
        affinity: affinityOf(summaries, cell, shard.key),
        queue: 0,
        knowsTarget: false,
        hint: hintOf?.(cell, to) ?? 0,
      });
    const choice = chooseHop(shard, 0, views, weights);
    return "to" in choice ? choice.to : -1;
  };
  const seen = isEager ? (cell: number, to: number) => eagerly(hint.at(cell, to)) : hint.at;
  let spent = 0;
  const slices = Array.from({ length: Math.ceil(decisions.length / SLICE) }, (_, index) =>
    decisions.slice(index * SLICE, (index + 1) * SLICE),
  );
  const time = (slice: readonly Decision[], isHinted: boolean): number => {
    const startedMs = clockMs();
    for (const decision of slice)
      spent += isHinted
        ? decide(decision, seen, { queue: 0, hint: 1 })
        : decide(decision, undefined, { queue: 0, hint: 0 });
    return clockMs() - startedMs;
  };
  const ratios: number[] = [];
  const rounds = context.size === "small" ? 3 : ROUNDS;
  // The first rounds warm up.
  for (let round = context.size === "small" ? 0 : -4; round < rounds; round += 1) {
    let [hinted, plain] = [0, 0];
    for (const [index, slice] of slices.entries()) {
      const isHintedFirst = (round + index) % 2 === 0;
      const [first, second] = [time(slice, isHintedFirst), time(slice, !isHintedFirst)];
      hinted += isHintedFirst ? first : second;
      plain += isHintedFirst ? second : first;
    }
    if (round >= 0) ratios.push(hinted / plain);
  }
  ratios.sort((a, b) => a - b);
  return [{ values: { ratio: ratios[ratios.length >> 1] ?? 1, spent: spent === 0 ? 1 : 0 } }];
}

/** Time of this thread alone where the host can tell it: what others take is not the hint's cost. */
function clockOf(context: RunContext): () => number {
  const lent = context.lend("cpuMs");
  // The name is the agreement between host and arms.
  return typeof lent === "function" ? (lent as () => number) : context.nowMs;
}

/** What a power for every neighbour would cost: the decay multiplied out. */
function eagerly(value: number): number {
  let power = value;
  for (let step = 0; step < AGE_TICKS; step += 1)
    power *= (1_000 - HINT_SETTINGS.decayPerMille) / 1_000;
  return power;
}

/** Time of decisions with the hint over time without. */
export const HINT_OVERHEAD: Experiment = {
  isTimed: true,
  id: "hint.overhead",
  section: "5.7",
  title: "What the scalar costs",
  method:
    "500 decisions of the router over 8 neighbours of 768 codes, taken from ways that were gone before, half of them to hot targets; the same ones with and without the hint (trails of 600 ticks ago, eight potentials), in alternating rounds, by the time of the thread. The median of the 61 rounds' ratios, for each seed.",
  workload: { decisions: DECISIONS, rounds: ROUNDS, ageTicks: AGE_TICKS, ...HINT_SETTINGS },
  seeds: seedsFrom(62_001, 10),
  arms: [
    arm("ours", "ours", (seed, context) => overhead(seed, context, false)),
    arm("a power for every neighbour", "mutant", (seed, context) => overhead(seed, context, true), [
      "cost",
    ]),
  ],
  claims: [
    atMost("cost", "seed", 105 / 100, "at most 5 % more time", {
      statistic: { kind: "mean", metric: "ratio" },
    }),
    atMost("cost-design", "ambitious", 101 / 100, "at most 1 % more", {
      statistic: { kind: "mean", metric: "ratio" },
    }),
  ],
};
