import { assert, isValueHash } from "@swoosh/kernel/values";
import { AdapterRegistry } from "../lora/adapter-registry.ts";
import { FlipNoise } from "../lora/flip-noise.ts";
import { LoraAutomaton } from "../lora/lora-automaton.ts";
import { PersistenceJudge } from "../lora/persistence.ts";
import { startPulse } from "../lora/pulse.ts";
import { PULSE_LAW, PULSE_SHAPE } from "../lora/pulse-settings.ts";
import { adapterSource } from "../lora/row-sources.ts";
import { findFlippedPatterns } from "../patterns/find-flipped-patterns.ts";
import type { FoundPattern } from "../patterns/find-patterns.ts";
import { PATTERN_CLASSES, type PatternClass } from "../patterns/pattern-class.ts";
import { templateOf } from "../patterns/templates.ts";
import { createDraws } from "../seeded-draws.ts";
import { gossipedSummaries } from "../shards/gossiped-summaries.ts";
import { ShardMesh } from "../shards/shard-mesh.ts";
import { createTopology } from "../shards/topology.ts";
import { arm, atLeast, seedsFrom } from "./arm-parts.ts";
import type { Arm, Experiment, RunContext } from "./experiment.ts";
import { adapterOf, hasherOf } from "./lora-rig.ts";

const TILES = 5;
const TILE_SIDE = 16;
const SIZE = { width: TILES * TILE_SIDE, height: TILES * TILE_SIDE };
/** The cell of the routing mesh whose tile has the pattern: the middle. */
const TARGET = 12;
const FLIPS_PER_MILLION = 2_000;
const TICKS_MAX = 4_000;

/** A small run takes every fourth pattern. */
const SMALL_EVERY = 6;

type Wave = "none" | "origin" | "delivery" | "path";

interface WaveRun {
  readonly seed: number;
  readonly className: PatternClass;
  readonly wave: Wave;
  /** Whose adapter the shard carries. */
  readonly carried: PatternClass;
}

/** Ticks that the pattern lasts. The shard is under way from tick 0 on, a hop of the mesh for each tick of the automaton. */
function ticksUnderWave(run: WaveRun, context: RunContext): number {
  const { seed, className, wave } = run;
  const hasher = hasherOf(context);
  const template = templateOf(className, 0, 0);
  assert(template !== undefined, "a template for each class");
  const judge = new PersistenceJudge(SIZE, template);
  const automaton = new LoraAutomaton(SIZE, { law: PULSE_LAW, hasher });
  automaton.load(judge.start());
  const registry = new AdapterRegistry(hasher);
  const payload = registry.register(adapterOf(run.carried));
  const mesh = meshFor(run, payload, {
    visit: (cell) => {
      if (wave === "path") discAt(automaton, cell);
    },
    deliver: (text) => {
      if (wave === "none" || wave === "origin") return;
      assert(isValueHash(text), "a payload that is an adapter's hash");
      const found = seen(automaton, className);
      if (found === undefined) return;
      startPulse(automaton, registry, { channel: 0, adapter: text, found, shape: PULSE_SHAPE });
    },
  });
  if (wave === "origin" || wave === "path") {
    // In step with the pattern, as it is seen at the start; the disc is where the wave begins, not where the pattern is.
    automaton.setSource(0, adapterSource(adapterOf(className), { template, tick: 0 }));
    discAt(automaton, mesh.origin);
  }
  const noise = new FlipNoise(seed, FLIPS_PER_MILLION);
  for (let tick = 0; tick < TICKS_MAX; tick += 1) {
    mesh.tick();
    automaton.step();
    noise.flip(automaton.words, SIZE, tick);
    if (!judge.see(automaton.read())) return tick + 1;
  }
  return TICKS_MAX;
}

function discAt(automaton: LoraAutomaton, cell: number): void {
  const x = (cell % TILES) * TILE_SIDE + TILE_SIDE / 2;
  const y = Math.floor(cell / TILES) * TILE_SIDE + TILE_SIDE / 2;
  automaton.addDisc(0, { x, y, ...PULSE_SHAPE });
}

/** A pattern of the class on the raw grid, in or near the tile that was delivered to. */
function seen(automaton: LoraAutomaton, className: PatternClass): FoundPattern | undefined {
  return findFlippedPatterns(automaton.read(), 1).find(
    ({ template }) => template.className === className,
  );
}

/** A shard with that payload on its way from a cell drawn by seed to the target. */
function meshFor(
  { seed }: WaveRun,
  payload: string,
  on: { readonly visit: (cell: number) => void; readonly deliver: (payload: string) => void },
): { readonly origin: number; tick(): void } {
  const topology = createTopology({ width: TILES, height: TILES });
  const summaries = gossipedSummaries(topology, { seed, rounds: 2 });
  const mesh = new ShardMesh({
    topology,
    summaries,
    seed,
    onEvent: (event) => {
      if (event.type === "hop") on.visit(event.to);
    },
    onDeliver: (shard) => on.deliver(shard.payload),
  });
  const drawn = createDraws(seed).below(topology.cells - 1);
  const origin = drawn >= TARGET ? drawn + 1 : drawn;
  const key = summaries[TARGET];
  assert(key !== undefined, "a summary for each cell");
  const injected = mesh.inject({ cell: origin, key, payload, to: TARGET });
  assert(injected.accepted, "an empty mesh takes a shard");
  return { origin, tick: () => mesh.tick() };
}

function waveArm(
  name: string,
  role: Arm["role"],
  wave: Wave,
  given: {
    readonly carried?: (className: PatternClass) => PatternClass;
    readonly mustFail?: readonly string[];
  } = {},
): Arm {
  const { carried = (className) => className, mustFail } = given;
  return arm(
    name,
    role,
    (seed, context) =>
      PATTERN_CLASSES.filter((_, at) => context.size === "full" || at % SMALL_EVERY === 0).map(
        (className) => {
          const about = { seed, className, wave, carried: carried(className) };
          return { group: className, values: { ticks: ticksUnderWave(about, context) } };
        },
      ),
    mustFail,
  );
}

function another(className: PatternClass): PatternClass {
  const at = PATTERN_CLASSES.indexOf(className);
  return PATTERN_CLASSES[(at + 1) % PATTERN_CLASSES.length] ?? "block";
}

/** A wave by shard passing: the payload is an adapter, which pulses where it is delivered, or along its way. */
export const ADAPTER_PAYLOAD: Experiment = {
  id: "tiers.adapter-payload",
  section: "5.5",
  title: "An adapter as payload",
  method:
    "5×5 cells, each with a tile of 16×16; a pattern alone in the middle one, 2,000 flips in a million. A shard whose payload is the hash of its adapter goes there from a cell drawn by seed, a hop a tick; on delivery the registry gives the adapter, the detector the pattern, and one pulse starts. Beside it: the same pulse at the origin at tick 0, and one at each cell of the way as well.",
  workload: {
    flipsPerMillion: FLIPS_PER_MILLION,
    tileSide: TILE_SIDE,
    tiles: TILES,
    radius: PULSE_SHAPE.radius,
    amplitudePer65536: PULSE_SHAPE.amplitude,
  },
  seeds: seedsFrom(44_001, 50),
  arms: [
    waveArm("from the origin", "baseline", "origin"),
    waveArm("on delivery", "ours", "delivery"),
    waveArm("along the way", "control", "path"),
    waveArm("none", "nothing", "none"),
    waveArm("mutant carries another adapter", "mutant", "delivery", {
      carried: another,
      mustFail: ["beats-origin"],
    }),
  ],
  claims: [
    atLeast(
      "beats-origin",
      "seed",
      13 / 10,
      "delivered, it keeps patterns at least 30 % longer than a pulse from the origin",
      { statistic: { kind: "ratio", metric: "ticks", baseline: "from the origin" } },
    ),
  ],
};
