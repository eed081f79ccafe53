import { BitsEngine } from "../automaton/bits-engine.ts";
import { Grid } from "../automaton/grid.ts";
import { CONWAY } from "../automaton/rule.ts";
import { cellsOf } from "../patterns/shape.ts";
import { TEMPLATES, type Template } from "../patterns/templates.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { arm, atLeast, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

const SIDES = [8, 16, 32, 64, 256];
const PERIODS_MAX = 2_500;
const OFFSETS_PER_SEED = 5;
const NO_HASHER = { sha256: () => new Uint8Array(32) };

/** Ships of a class in every heading and phase, alone on a torus: exact matches with the start, moved. */
function propagated(
  className: "glider" | "lwss",
  seed: number,
  size: RunContext["size"],
  hasBorder: boolean,
): readonly ArmSample[] {
  const draws = createDraws(seedOf(seed, className === "glider" ? 1 : 2));
  const offsets = size === "full" ? OFFSETS_PER_SEED : 1;
  const periodsMax = size === "full" ? PERIODS_MAX : 20;
  const engine = new BitsEngine(NO_HASHER);
  // A border is looked after cell by cell; that a ship is lost at it shows on small grids.
  const sides = hasBorder && size === "small" ? SIDES.slice(0, 3) : SIDES;
  return sides.map((side): ArmSample => {
    let [exact, trials] = [0, 0];
    for (const template of TEMPLATES.filter((one) => one.className === className))
      for (let offset = 0; offset < offsets; offset += 1) {
        const [left, top] = [draws.below(side), draws.below(side)];
        const periods = 1 + draws.below(periodsMax);
        engine.load(shipAt(side, template, left, top), CONWAY);
        if (hasBorder) stepWithBorder(engine, side, template.period * periods);
        else engine.step(template.period * periods);
        const { stepX, stepY } = template;
        const moved = shipAt(side, template, left + stepX * periods, top + stepY * periods);
        trials += 1;
        if (engine.read().equals(moved)) exact += 1;
      }
    return { group: `${className}, ${side}`, values: { exact, trials } };
  });
}

function shipAt(side: number, template: Template, left: number, top: number): Grid {
  const grid = new Grid({ width: side, height: side });
  for (const { x, y } of cellsOf(template.shape)) grid.set(left + x, top + y, true);
  return grid;
}

/** A field with a dead border, as one of the original's engines had it; a ship that is lost needs no more ticks. */
function stepWithBorder(engine: BitsEngine, side: number, ticks: number): void {
  for (let tick = 0; tick < ticks; tick += 1) {
    engine.step(1);
    const grid = engine.read();
    const before = grid.population();
    for (let at = 0; at < side; at += 1)
      for (const [x, y] of [
        [at, 0],
        [at, side - 1],
        [0, at],
        [side - 1, at],
      ] as const)
        grid.set(x, y, false);
    if (grid.population() === before) continue;
    engine.load(grid, CONWAY);
    return;
  }
}

const GLIDERS = SIDES.map((side) => `glider, ${side}`);
const SPACESHIPS = SIDES.map((side) => `lwss, ${side}`);

const PROPAGATION: Experiment = {
  id: "automaton.gliders",
  section: "5.2",
  title: "Ships go where they must",
  method:
    "A glider in each of its 16 headings and phases, alone on a torus of 8, 16, 32, 64 and 256 cells a side, at 100 places each (five for each seed): after 4k ticks, k drawn from 1 to 2,500, the state must be the start moved by k cells in both directions, bit for bit. The same with lightweight spaceships (2k cells).",
  workload: { sides: SIDES, periodsMax: PERIODS_MAX, offsetsPerSeed: OFFSETS_PER_SEED },
  seeds: seedsFrom(53_001, 20),
  arms: [
    arm("ours", "ours", (seed, { size }) => [
      ...propagated("glider", seed, size, false),
      ...propagated("lwss", seed, size, false),
    ]),
    arm("dead border", "mutant", (seed, { size }) => propagated("glider", seed, size, true), [
      "all",
      "exact",
    ]),
  ],
  claims: [
    atLeast("exact", "seed", 95 / 100, "95 % of the gliders end exactly where they must", {
      statistic: { kind: "rate", hits: "exact", trials: "trials" },
      groups: GLIDERS,
    }),
    atLeast("all", "seed", 1, "none does not", {
      statistic: { kind: "quotient", metric: "exact", over: "trials" },
      groups: GLIDERS,
    }),
    atLeast("ships", "ambitious", 1, "nor does any lightweight spaceship", {
      statistic: { kind: "quotient", metric: "exact", over: "trials" },
      groups: SPACESHIPS,
    }),
  ],
};

/** Criteria of ships that must end where they must. */
export const GLIDER_CRITERIA: readonly Experiment[] = [PROPAGATION];
