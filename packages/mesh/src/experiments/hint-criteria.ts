import { createTrailField } from "../hint/hint-field.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { createTopology } from "../shards/topology.ts";
import { arm, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { HINT_OVERHEAD } from "./hint-overhead.ts";
import { HINT_SETTINGS, HINT_SHORTER, hintedHops, type Hinting } from "./hint-shorter.ts";
import { sceneOf, TARGETS } from "./hint-worlds.ts";
import { contentField, contentTopology } from "./content-routing.ts";
import { NO_LOOPS_CRITERION } from "./no-loops-criterion.ts";

/** Half-lives of a decay of 2 ‰ a tick (346.2 ticks each) after which a world that was drawn anew is judged. */
const HALF_LIVES = 5;
const IDLE_TICKS = 346 * HALF_LIVES;

/** Hops in a world whose hint was learnt in another, after a while in which nothing was sent. */
function redrawn(
  seed: number,
  given: {
    readonly size: RunContext["size"];
    readonly hinting: Hinting;
    readonly decayPerMille: number;
  },
): readonly ArmSample[] {
  const topology = contentTopology(given.size);
  const summaries = contentField(topology, seed);
  const scene = sceneOf(topology, summaries, "traps", seed);
  const taught = sceneOf(topology, summaries, "traps", seedOf(seed, 15));
  const targetsOf = given.size === "full" ? TARGETS : (["hot"] as const);
  return targetsOf.map((targets) => {
    const { hops } = hintedHops(scene, { ...given, targets, seed, taught, idleTicks: IDLE_TICKS });
    return { group: `redrawn, ${targets}`, values: { hops } };
  });
}

function decayed(seed: number, decayPerMille: number): readonly ArmSample[] {
  const topology = createTopology({ width: 8, height: 8 });
  const lazy = createTrailField(topology, { decayPerMille, depositPerMille: 300 });
  const eager = new Float64Array(topology.cells);
  const draws = createDraws(seed);
  let error = 0;
  for (let tick = 1; tick < 400; tick += 1) {
    for (let cell = 0; cell < topology.cells; cell += 1)
      eager[cell] = ((eager[cell] ?? 0) * 995) / 1_000;
    const marked = draws.below(topology.cells);
    lazy.deposit(marked, tick);
    eager[marked] = (eager[marked] ?? 0) + ((1 - (eager[marked] ?? 0)) * 300) / 1_000;
    for (let cell = 0; cell < topology.cells; cell += 1)
      error = Math.max(error, Math.abs(lazy.at(cell, tick) - (eager[cell] ?? 0)));
  }
  return [{ group: "lazy", values: { error } }];
}

const DECAYS: Experiment = {
  id: "hint.decay",
  section: "5.7",
  title: "Trails decay",
  method:
    "64 cells, 400 ticks, a deposit a tick: the lazy field against one that is multiplied at every tick. And 32×32 cells with U-shaped traps: 80 pairs teach, then the world is drawn anew and nothing is sent for five half-lives; 80 pairs are measured, from which nothing is learnt, against the router without a hint. (A trail that nobody went for three half-lives is not shown any more, and no target is hot for longer, so that the ways are then those without.)",
  workload: { cells: 64, ticks: 400, lazyPerMille: 5, idleTicks: IDLE_TICKS, ...HINT_SETTINGS },
  seeds: seedsFrom(63_001, 10),
  arms: [
    arm("ours", "ours", (seed, { size }) => [
      ...decayed(seed, 5),
      ...redrawn(seed, { size, hinting: "ours", decayPerMille: HINT_SETTINGS.decayPerMille }),
    ]),
    arm("none", "baseline", (seed, { size }) =>
      redrawn(seed, { size, hinting: "none", decayPerMille: 0 }),
    ),
    arm(
      "no decay",
      "mutant",
      (seed, { size }) => [
        ...decayed(seed, 0),
        ...redrawn(seed, { size, hinting: "ours", decayPerMille: 0 }),
      ],
      ["equal", "redrawn"],
    ),
  ],
  claims: [
    atMost("equal", "seed", 1 / 1_000_000, "lazy decay is eager decay within 10⁻⁶", {
      statistic: { kind: "worst", metric: "error" },
      groups: ["lazy"],
    }),
    atMost(
      "redrawn",
      "seed",
      1,
      "five half-lives after the world changed, ways are no longer than without",
      {
        statistic: { kind: "ratio", metric: "hops", baseline: "none" },
        groups: TARGETS.map((targets) => `redrawn, ${targets}`),
      },
    ),
  ],
};

/** Criteria of the scalar hint: shorter ways, its cost, no loops, decay. */
export const HINT_CRITERIA: readonly Experiment[] = [
  HINT_SHORTER,
  HINT_OVERHEAD,
  NO_LOOPS_CRITERION,
  DECAYS,
];
