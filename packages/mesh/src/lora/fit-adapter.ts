import { assert, type Hasher } from "@swoosh/kernel/values";
import { FIRST_PHASES, type PatternClass } from "../patterns/pattern-class.ts";
import { cellsOf } from "../patterns/shape.ts";
import { templateOf, type Template } from "../patterns/templates.ts";
import type { Adapter } from "./adapter.ts";
import { levelOf, rowFromSeen } from "./decoder-row.ts";
import { FlipNoise } from "./flip-noise.ts";
import { LEVEL_ONE } from "./limits.ts";
import { log2Fixed } from "./log2-fixed.ts";
import { CONWAY_WEIGHTS, NEIGHBOURHOODS, neighbourhoods } from "./neighbourhood.ts";
import { meanPersistence } from "./mean-persistence.ts";

/** Noise, episodes and seeds of a fit; what an adapter keeps of them is its `FitRecord`. */
export interface FitOptions {
  readonly flipsPerMillion: number;
  /** Of the streams for fitting, which no test draws from. */
  readonly firstSeed: number;
  readonly episodes: number;
  readonly rounds: number;
  /** Seeds after the episodes' on which the rounds are compared. */
  readonly validationSeeds: number;
}

const SIDE = 32;
const SIZE = { width: SIDE, height: SIDE };
const EPISODE_TICKS = 200;
/** Bad ticks after which an episode teaches nothing more. */
const LOST_TICKS = 4;
/** A neighbourhood that was seen less often is left to what the orbit alone says. */
const SIGHTINGS_MIN = 3;

/**
 * Fits an adapter as a maximum-likelihood decoder of single neighbourhoods: for each phase, is a cell with these nine cells
 * more often alive or dead at the next tick of the undisturbed orbit? First from the orbit itself and a model of
 * independent flips; then, round by round, from what is counted in noisy episodes under the rows so far, so that the
 * evidence is that of the states that an acting adapter leaves. The round that lasts longest on seeds of its own is chosen.
 * `className`: of the pattern, which is alone on a torus. `options`: noise, episodes, rounds and seeds. `hasher` gives the
 * names under which the rounds' adapters are tried.
 */
export function fitAdapter(className: PatternClass, options: FitOptions, hasher: Hasher): Adapter {
  const orbit = orbitOf(className);
  const { flipsPerMillion, firstSeed, episodes } = options;
  const base = orbit.map(({ template }) => rowFromOrbit(template));
  const counts = orbit.map(() => ({
    alive: new Float64Array(NEIGHBOURHOODS),
    dead: new Float64Array(NEIGHBOURHOODS),
  }));
  let rows: readonly Int8Array[] = base;
  let best = { rows, round: 0, score: score(className, rows, options, hasher) };
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const { alive, dead } of counts) {
      // Old evidence came from other states: it fades.
      for (let bits = 0; bits < NEIGHBOURHOODS; bits += 1) {
        alive[bits] = Math.floor((alive[bits] ?? 0) / 2);
        dead[bits] = Math.floor((dead[bits] ?? 0) / 2);
      }
    }
    for (let episode = 0; episode < episodes; episode += 1) {
      const seed = firstSeed + (round - 1) * episodes + episode;
      playEpisode(orbit, { rows, counts, noise: new FlipNoise(seed, flipsPerMillion, "fit") });
    }
    rows = counts.map(({ alive, dead }, phase) => rowFromCounts(alive, dead, base[phase]));
    const reached = score(className, rows, options, hasher);
    if (reached > best.score) best = { rows, round, score: reached };
  }
  const fit = { flipsPerMillion, firstSeed, episodes, chosenRound: best.round };
  return { className, rows: best.rows, fit };
}

function score(
  className: PatternClass,
  rows: readonly Int8Array[],
  options: FitOptions,
  hasher: Hasher,
): number {
  const { firstSeed, rounds, episodes, validationSeeds, flipsPerMillion } = options;
  const adapter = { className, rows, fit: { ...options, chosenRound: 0 } };
  const seeds = { first: firstSeed + rounds * episodes, count: validationSeeds };
  return meanPersistence(adapter, { seeds, flipsPerMillion, hasher });
}

interface Step {
  readonly template: Template;
  /** Where the box is in the first period. */
  readonly left: number;
  readonly top: number;
}

function orbitOf(className: PatternClass): readonly Step[] {
  let [left, top] = [SIDE / 2, SIDE / 2];
  return Array.from({ length: FIRST_PHASES[className].period }, (_, phase) => {
    const template = templateOf(className, 0, phase);
    assert(template !== undefined, "a template for each phase of the first orientation");
    const step = { template, left, top };
    left += template.nextLeft;
    top += template.nextTop;
    return step;
  });
}

/** One byte a cell: the orbit at a tick. */
function cellsAt(orbit: readonly Step[], tick: number, into: Uint8Array): void {
  const step = orbit[tick % orbit.length];
  assert(step !== undefined, "an orbit of at least one step");
  const periods = Math.floor(tick / orbit.length);
  const { stepX, stepY, shape } = step.template;
  into.fill(0);
  for (const { x, y } of cellsOf(shape)) {
    const column = wrap(step.left + periods * stepX + x);
    into[wrap(step.top + periods * stepY + y) * SIDE + column] = 1;
  }
}

function wrap(at: number): number {
  return ((at % SIDE) + SIDE) % SIDE;
}

function rowFromOrbit(template: Template): Int8Array {
  const cells = new Uint8Array(SIDE * SIDE);
  for (const { x, y } of cellsOf(template.shape)) cells[(y + 8) * SIDE + x + 8] = 1;
  const around = new Uint16Array(SIDE * SIDE);
  neighbourhoods(cells, SIZE, around);
  const seen = new Map<number, number>([[0, 1]]);
  for (const bits of around) if (bits !== 0) seen.set(bits, (seen.get(bits) ?? 0) + 1);
  return rowFromSeen(seen);
}

function rowFromCounts(
  alive: Float64Array,
  dead: Float64Array,
  base: Int8Array | undefined,
): Int8Array {
  return Int8Array.from({ length: NEIGHBOURHOODS }, (_, bits) => {
    const [ones, zeros] = [alive[bits] ?? 0, dead[bits] ?? 0];
    if (ones + zeros < SIGHTINGS_MIN) return base?.[bits] ?? 0;
    return levelOf(bits, log2Fixed(2 * ones + 1) - log2Fixed(2 * zeros + 1));
  });
}

interface Lesson {
  readonly rows: readonly Int8Array[];
  readonly counts: readonly { readonly alive: Float64Array; readonly dead: Float64Array }[];
  readonly noise: FlipNoise;
}

/** Plays the pattern under noise with the rows acting at half again their weight, and counts what should have come. */
function playEpisode(orbit: readonly Step[], { rows, counts, noise }: Lesson): void {
  let cells = new Uint8Array(SIDE * SIDE);
  let next = new Uint8Array(SIDE * SIDE);
  const target = new Uint8Array(SIDE * SIDE);
  const around = new Uint16Array(SIDE * SIDE);
  const words = new Uint32Array(SIDE);
  cellsAt(orbit, 0, cells);
  let badTicks = 0;
  for (let tick = 0; tick < EPISODE_TICKS && badTicks < LOST_TICKS; tick += 1) {
    neighbourhoods(cells, SIZE, around);
    cellsAt(orbit, tick + 1, target);
    const row = rows[tick % rows.length];
    const count = counts[tick % counts.length];
    for (const [cell, bits] of around.entries()) {
      next[cell] = 2 * LEVEL_ONE * (CONWAY_WEIGHTS[bits] ?? 0) + 3 * (row?.[bits] ?? 0) > 0 ? 1 : 0;
      const into = target[cell] === 1 ? count?.alive : count?.dead;
      if (into !== undefined) into[bits] = (into[bits] ?? 0) + 1;
    }
    words.fill(0);
    noise.flip(words, SIZE, tick);
    for (let cell = 0; cell < next.length; cell += 1)
      next[cell] = (next[cell] ?? 0) ^ (((words[cell >>> 5] ?? 0) >>> (cell & 31)) & 1);
    badTicks = isLike(next, target) ? 0 : badTicks + 1;
    [cells, next] = [next, cells];
  }
}

/** At least half of what is alive in one is alive in both, debris elsewhere left out. */
function isLike(cells: Uint8Array, target: Uint8Array): boolean {
  let [both, wanted] = [0, 0];
  for (const [cell, alive] of target.entries()) {
    wanted += alive;
    both += alive & (cells[cell] ?? 0);
  }
  return 2 * both >= wanted;
}
