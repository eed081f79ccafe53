import { BitsEngine } from "../automaton/bits-engine.ts";
import type { Engine } from "../automaton/engine.ts";
import { Grid, type GridSize } from "../automaton/grid.ts";
import { NaiveEngine } from "../automaton/naive-engine.ts";
import { CONWAY, parseRule, ruleOf, type Rule } from "../automaton/rule.ts";
import { SimdEngine } from "../automaton/simd/simd-engine.ts";
import { WorkersEngine } from "../automaton/simd/workers-engine.ts";
import { createEventWriter } from "../events/event-writer.ts";
import { createLoadDriver } from "../load/drive-load.ts";
import { soup } from "../random/soup.ts";
import { seedOf } from "../seeded-draws.ts";
import { gossipedSummaries } from "../shards/gossiped-summaries.ts";
import { ShardMesh } from "../shards/shard-mesh.ts";
import { createTopology } from "../shards/topology.ts";
import { atLeast, seedsFrom } from "./arm-parts.ts";
import { engineArm, type Lent } from "./engine-arm.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

/** By the names of the report's groups. The oracle is not among them. */
function enginesOf({ hasher, kernels }: Lent): readonly (readonly [string, Engine])[] {
  return [
    ["bits", new BitsEngine(hasher)],
    ["simd", new SimdEngine(hasher, kernels)],
    ["workers, 1", new WorkersEngine(hasher, kernels, 1)],
    ["workers, 2", new WorkersEngine(hasher, kernels, 2)],
  ];
}

/** Conway's rule with one entry flipped: with six live neighbours a dead cell comes alive. */
const BROKEN_RULE = ruleOf(CONWAY.birth | (1 << 6), CONWAY.survive);
const RULES = ["B3/S23", "B36/S23", "B1357/S02468", "B2/S", "B12345678/S012345678"];
const SIDES = [5, 8, 16, 31, 64, 256];
const SMALL_SIDES = [5, 31, 64];
const SOUP_TICKS = 1_000;
const SOUPS_PER_SEED = 10;

/** All 512 neighbourhoods, five cells apart, so that none reaches into another. */
export function allNeighbourhoods(): Grid {
  const grid = new Grid({ width: 32 * 5, height: 16 * 5 });
  for (let number = 0; number < 512; number += 1) {
    const left = (number % 32) * 5 + 1;
    const top = Math.floor(number / 32) * 5 + 1;
    for (let bit = 0; bit < 9; bit += 1)
      if ((number >>> bit) & 1) grid.set(left + (bit % 3), top + Math.floor(bit / 3), true);
  }
  return grid;
}

/** Starts whose state after so many ticks is the oracle's, for each engine; `broken` plays another rule. */
function equalStates(
  lent: Lent,
  seed: number,
  size: RunContext["size"],
  isBroken: boolean,
): readonly ArmSample[] {
  const soups = size === "full" ? SOUPS_PER_SEED : 1;
  const ticks = size === "full" ? SOUP_TICKS : 20;
  const starts: { readonly grid: Grid; readonly rule: Rule; readonly ticks: number }[] = [];
  const parsed = parseRule(RULES[seed % RULES.length] ?? "");
  if ("rule" in parsed) starts.push({ grid: allNeighbourhoods(), rule: parsed.rule, ticks: 1 });
  for (const side of size === "full" ? SIDES : SMALL_SIDES)
    for (let count = 0; count < soups; count += 1) {
      const grid = soup({ width: side, height: side }, { seed: seedOf(seed, side, count) });
      starts.push({ grid, rule: CONWAY, ticks });
    }
  const oracle = new NaiveEngine(lent.hasher);
  // One broken engine is enough to be caught, and starts no workers.
  const engines = isBroken ? enginesOf(lent).slice(0, 1) : enginesOf(lent);
  const hits = new Map<string, number>();
  for (const { grid, rule, ticks: far } of starts) {
    oracle.load(grid, rule);
    oracle.step(far);
    const wanted = oracle.hash();
    for (const [name, engine] of engines) {
      engine.load(grid, isBroken && rule === CONWAY ? BROKEN_RULE : rule);
      engine.step(far);
      if (engine.hash() === wanted) hits.set(name, (hits.get(name) ?? 0) + 1);
    }
  }
  for (const [, engine] of engines) engine.close();
  return engines.map(([group]) => ({
    group,
    values: { share: (hits.get(group) ?? 0) / starts.length },
  }));
}

const RULE: Experiment = {
  id: "automaton.rule",
  section: "5.2",
  title: "One rule in every engine",
  method:
    "All 512 neighbourhoods for one tick, under one of five rules by seed, and 1,000 soups on each of six sizes (5, 8, 16, 31, 64, 256 cells a side) for 1,000 ticks: bit-sliced, SIMD, and one and two workers against the naive engine, by the hash of the state. The share of starts that end alike. Golly's own counts are compared in the tests.",
  workload: { rules: RULES, sides: SIDES, ticks: SOUP_TICKS, soupsPerSeed: SOUPS_PER_SEED },
  seeds: seedsFrom(51_001, 100),
  arms: [
    {
      name: "ours",
      role: "ours",
      run: engineArm((lent, seed, { size }) => equalStates(lent, seed, size, false)),
    },
    {
      name: "one entry of the rule flipped",
      role: "mutant",
      run: engineArm((lent, seed) => equalStates(lent, seed, "small", true)),
      mustFail: ["equal"],
    },
  ],
  claims: [
    atLeast("equal", "seed", 1, "every engine ends every start as the naive one does", {
      statistic: { kind: "worst", metric: "share" },
    }),
  ],
};

const REPRODUCED_TICKS = 10_000;
const REPRODUCED_SIZE: GridSize = { width: 128, height: 128 };

/** Hashes of the automaton and of a mesh's event log at the last tick; `swaps` two events of the log. */
function reproduced(
  lent: Lent,
  seed: number,
  size: RunContext["size"],
  swaps: boolean,
): readonly ArmSample[] {
  const ticks = size === "full" ? REPRODUCED_TICKS : 50;
  const same = logHash(lent, seed, ticks, false) === logHash(lent, seed, ticks, swaps) ? 1 : 0;
  const log: ArmSample = { group: "event log", values: { same } };
  // What is broken here is the log alone.
  if (swaps) return [log];
  const grid = soup(REPRODUCED_SIZE, { seed });
  const oracle = new NaiveEngine(lent.hasher);
  oracle.load(grid, CONWAY);
  oracle.step(ticks);
  const samples = enginesOf(lent).map(([group, engine]): ArmSample => {
    engine.load(grid, CONWAY);
    engine.step(ticks);
    const same = engine.hash() === oracle.hash() ? 1 : 0;
    engine.close();
    return { group, values: { same } };
  });
  return [...samples, log];
}

function logHash({ hasher }: Lent, seed: number, ticks: number, swaps: boolean): string {
  const topology = createTopology({ width: 5, height: 5 });
  const summaries = gossipedSummaries(topology, { seed, rounds: 2 });
  const writer = createEventWriter();
  const lines: string[] = [];
  const mesh = new ShardMesh({
    topology,
    summaries,
    seed,
    onEvent: (event, tick) => void lines.push(writer.line(event, tick)),
  });
  const driver = createLoadDriver({ mesh, summaries, seed, shape: { kind: "closed", shards: 4 } });
  for (let tick = 0; tick < ticks; tick += 1) driver.tick();
  const half = lines.length >> 1;
  if (swaps) [lines[half], lines[half + 1]] = [lines[half + 1] ?? "", lines[half] ?? ""];
  return hasher.sha256(lines.join("")).join(",");
}

const REPRODUCIBLE: Experiment = {
  id: "automaton.reproducible",
  section: "5.1",
  title: "The same bits at tick 10,000",
  method:
    "A soup of 128×128 cells for 10,000 ticks: the hash of its state under every engine (no SIMD, SIMD, one worker, two) against the naive one; and the hash of the event log of a loaded mesh of 5×5 cells over as many ticks, twice. Node against Chromium is compared by the part `determinism` of the tests.",
  workload: { side: 128, ticks: REPRODUCED_TICKS },
  seeds: seedsFrom(52_001, 5),
  arms: [
    {
      name: "ours",
      role: "ours",
      run: engineArm((lent, seed, { size }) => reproduced(lent, seed, size, false)),
    },
    {
      name: "two events swapped",
      role: "mutant",
      run: engineArm((lent, seed, { size }) => reproduced(lent, seed, size, true)),
      mustFail: ["same"],
    },
  ],
  claims: [
    atLeast("same", "seed", 1, "every engine and every run of one seed ends in one hash", {
      statistic: { kind: "worst", metric: "same" },
    }),
  ],
};

/** Criteria of engines that must agree bit for bit. */
export const AUTOMATON_CRITERIA: readonly Experiment[] = [RULE, REPRODUCIBLE];
