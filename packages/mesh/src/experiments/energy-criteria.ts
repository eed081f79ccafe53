import { EnergyField } from "../energy/energy-field.ts";
import { createDraws, type Draws } from "../seeded-draws.ts";
import { arm, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";

const SIZE = { width: 24, height: 16 };
const CELLS = SIZE.width * SIZE.height;
const LOSS_PER_MILLION = 20_000;
const SPREAD_PER_MILLION = 100_000;
const LAW = { lossPerMillion: LOSS_PER_MILLION, spreadPerMillion: SPREAD_PER_MILLION };
const [KEEP, SPREAD] = [(1_000_000 - LOSS_PER_MILLION) / 1_000_000, SPREAD_PER_MILLION / 1_000_000];
/** ln ½ ÷ ln 0.98, by hand: logarithms are not the same on all machines. */
const HALF_LIFE_TICKS = 34_309_618 / 1_000_000;
/** What the last bits of a sum may be off. */
const ROUNDING = 1 / 1_000_000_000_000;
const DRIFT_TICKS = 1_000_000;

/** As much of the field as is judged. */
interface Spreading {
  step(): void;
  get(x: number, y: number): number;
  add(x: number, y: number, energy: number): void;
  setSource(x: number, y: number, energyPerTick: number): void;
}

type Make = (lossPerMillion: number) => Spreading;

const ours: Make = (lossPerMillion) => new EnergyField(SIZE, { ...LAW, lossPerMillion });

/** Fades, and is then made anew from what was put in: it never decays. */
const recomputed: Make = () => {
  const [energy, sources] = [new Float64Array(CELLS), new Map<number, number>()];
  const at = (x: number, y: number): number => y * SIZE.width + x;
  return {
    step: () => {
      for (const [cell, source] of sources) energy[cell] = source;
    },
    get: (x, y) => energy[at(x, y)] ?? 0,
    add: (x, y, value) => void (energy[at(x, y)] = (energy[at(x, y)] ?? 0) + value),
    setSource: (x, y, value) => void sources.set(at(x, y), value),
  };
};

/** The same equation with edges beyond which nothing is. */
const edged: Make = (lossPerMillion) => {
  let energy = new Float64Array(CELLS);
  const sources = new Map<number, number>();
  const keep = (1_000_000 - lossPerMillion) / 1_000_000;
  const get = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= SIZE.width || y >= SIZE.height ? 0 : (energy[y * SIZE.width + x] ?? 0);
  return {
    step() {
      const next = Float64Array.from(
        energy,
        (own, cell) =>
          keep *
            (own +
              SPREAD * (around(get, cell % SIZE.width, Math.floor(cell / SIZE.width)) - 8 * own)) +
          (sources.get(cell) ?? 0),
      );
      energy = next;
    },
    get,
    add: (x, y, value) => void (energy[y * SIZE.width + x] = get(x, y) + value),
    setSource: (x, y, value) => void sources.set(y * SIZE.width + x, value),
  };
};

function around(get: (x: number, y: number) => number, x: number, y: number): number {
  let sum = 0;
  for (let down = -1; down <= 1; down += 1)
    for (let right = -1; right <= 1; right += 1)
      if (down !== 0 || right !== 0) sum += get(x + right, y + down);
  return sum;
}

function valuesOf(field: Spreading): Float64Array {
  return Float64Array.from({ length: CELLS }, (_, cell) =>
    field.get(cell % SIZE.width, Math.floor(cell / SIZE.width)),
  );
}

const total = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0);

function scatter(field: Spreading, draws: Draws): number {
  let sum = 0;
  for (let count = 0; count < 4; count += 1) {
    const energy = 1 + draws.below(8);
    field.add(draws.below(SIZE.width), draws.below(SIZE.height), energy);
    sum += energy;
  }
  return sum;
}

/** Sum, half-life and range of a field that nothing feeds. */
function faded(make: Make, draws: Draws): ArmSample {
  const field = make(LOSS_PER_MILLION);
  const start = scatter(field, draws);
  let [expected, sumError, half, before] = [start, 0, 0, start];
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let violations = 0;
  for (let tick = 1; tick <= 200; tick += 1) {
    field.step();
    const values = valuesOf(field);
    const sum = total(values);
    expected *= KEEP;
    sumError = Math.max(sumError, Math.abs(sum / expected - 1));
    // Between two ticks the sum falls nearly in a straight line.
    if (half === 0 && sum * 2 <= start) half = tick - 1 + (before - start / 2) / (before - sum);
    before = sum;
    const range = [Math.min(...values), Math.max(...values)] as const;
    if (range[0] < low - ROUNDING || range[1] > high + ROUNDING) violations += 1;
    [low, high] = [Math.min(range[0], low), range[1]];
  }
  const halfLifeError = Math.abs((half === 0 ? 1_000 : half) / HALF_LIFE_TICKS - 1);
  return { group: "faded", values: { sumError, halfLifeError, violations } };
}

/** How far the steady field of a source is from the equation that it must solve, at the worst cell. */
function steady(make: Make, draws: Draws): ArmSample {
  const field = make(LOSS_PER_MILLION);
  const [sourceX, sourceY] = [draws.below(SIZE.width), draws.below(SIZE.height)];
  field.setSource(sourceX, sourceY, 1);
  for (let tick = 0; tick < 1_500; tick += 1) field.step();
  const onTorus = (x: number, y: number): number =>
    field.get((x + SIZE.width) % SIZE.width, (y + SIZE.height) % SIZE.height);
  let solveError = 0;
  for (let cell = 0; cell < CELLS; cell += 1) {
    const [x, y] = [cell % SIZE.width, Math.floor(cell / SIZE.width)];
    const own = onTorus(x, y);
    const next =
      KEEP * (own + SPREAD * (around(onTorus, x, y) - 8 * own)) +
      (x === sourceX && y === sourceY ? 1 : 0);
    // The residual over the loss bounds the distance to the solution (the system is diagonally dominant by the loss).
    solveError = Math.max(solveError, (Math.abs(next - own) * 1_000_000) / LOSS_PER_MILLION);
  }
  return { group: "steady", values: { solveError } };
}

/** Without loss the sum stays: how much of it is gone after very many ticks. */
function drifted(seed: number, size: RunContext["size"]): ArmSample {
  const field = ours(0);
  const start = scatter(field, createDraws(seed));
  const ticks = size === "full" ? DRIFT_TICKS : 2_000;
  for (let tick = 0; tick < ticks; tick += 1) field.step();
  return { group: "drift", values: { drift: Math.abs(total(valuesOf(field)) / start - 1) } };
}

const judged = (make: Make, seed: number): readonly ArmSample[] => {
  const draws = createDraws(seed);
  return [faded(make, draws), steady(make, draws)];
};

const ALL = ["sum", "half-life", "steady"] as const;

const DECAY: Experiment = {
  id: "energy.decay",
  section: "5.2",
  title: "Energy fades as its equation says",
  method:
    "24×16 cells on a torus, E′ = (1 − d)(E + D·∇²E) + S with d = 2 %, D = 0.1. Without sources for 200 ticks: the sum against (1 − d)ᵗ, the half-life against ln ½ ÷ ln(1 − d), and whether a value leaves the range of those before. With one source for 1,500 ticks: how far the field is from solving the linear system, at its worst cell. Without loss: how much of the sum is gone after 10⁶ ticks.",
  workload: { ...SIZE, ...LAW, ticks: 200, steadyTicks: 1_500, driftTicks: DRIFT_TICKS },
  seeds: seedsFrom(54_001, 10),
  arms: [
    arm("ours", "ours", (seed, { size }) => [...judged(ours, seed), drifted(seed, size)]),
    arm("scaled, then computed anew", "mutant", (seed) => judged(recomputed, seed), [...ALL]),
    arm("edges beyond which nothing is", "mutant", (seed) => judged(edged, seed), [
      "sum",
      "steady",
    ]),
  ],
  claims: [
    atMost("sum", "seed", 1 / 1_000_000, "the sum is (1 − d)ᵗ of the first one within 10⁻⁶", {
      statistic: { kind: "worst", metric: "sumError" },
      groups: ["faded"],
    }),
    atMost("half-life", "seed", 1 / 100, "the half-life is that of d within 1 %", {
      statistic: { kind: "worst", metric: "halfLifeError" },
      groups: ["faded"],
    }),
    atMost("range", "seed", 0, "no value leaves the range of the tick before", {
      statistic: { kind: "worst", metric: "violations" },
      groups: ["faded"],
    }),
    atMost("steady", "seed", 1 / 100_000, "a source's field solves the system within 10⁻⁵", {
      statistic: { kind: "worst", metric: "solveError" },
      groups: ["steady"],
    }),
    atMost("drift", "ambitious", 1 / 100_000, "10⁶ ticks without loss lose at most 10⁻⁵", {
      statistic: { kind: "worst", metric: "drift" },
      groups: ["drift"],
    }),
  ],
};

/** Criteria of the energy field, against its own equation. */
export const ENERGY_CRITERIA: readonly Experiment[] = [DECAY];
