import { assert, type Hasher } from "@swoosh/kernel/values";
import { CONWAY, ruleOf } from "../automaton/rule.ts";
import { countBits } from "../automaton/grid.ts";
import { AdapterRegistry } from "../lora/adapter-registry.ts";
import type { Adapter } from "../lora/adapter.ts";
import { FlipNoise } from "../lora/flip-noise.ts";
import { LEVEL_MAX } from "../lora/limits.ts";
import { LoraAutomaton, type RowSource } from "../lora/lora-automaton.ts";
import { CONWAY_WEIGHTS, NEIGHBOURHOODS } from "../lora/neighbourhood.ts";
import { PersistenceJudge } from "../lora/persistence.ts";
import { startPulse } from "../lora/pulse.ts";
import { PULSE_LAW, PULSE_SHAPE, TRAIN_TICKS } from "../lora/pulse-settings.ts";
import { REGISTERED_ADAPTERS } from "../lora/registered-adapters.ts";
import { findPatterns } from "../patterns/find-patterns.ts";
import type { PatternClass } from "../patterns/pattern-class.ts";
import { templateOf } from "../patterns/templates.ts";
import { createDraws } from "../seeded-draws.ts";
import type { RunContext } from "./experiment.ts";

/** The torus on which pulses are judged. */
export const LORA_SIZE = { width: 32, height: 32 };
/** Ticks after which a run is cut off, in every arm alike. */
export const TICKS_MAX = 4_000;

/**
 * What an arm does to protect a pattern. `rows`: these instead of the adapter's own, pulsed in the same train, for
 * controls that must fail.
 */
export type Protection =
  | { readonly kind: "none" }
  | { readonly kind: "single"; readonly amplitude: number }
  | { readonly kind: "train"; readonly amplitude: number }
  | { readonly kind: "rows"; readonly rows: RowSource };

/** One pulse, at tick 0. */
export const SINGLE: Protection = { kind: "single", amplitude: PULSE_SHAPE.amplitude };
/** A pulse every sixteen ticks where the pattern is. */
export const TRAIN: Protection = { kind: "train", amplitude: PULSE_SHAPE.amplitude };

/** The hash functions that the host lends by `context`; asserts that it does. */
export function hasherOf(context: RunContext): Hasher {
  const lent = context.lend("hasher");
  assert(isHasher(lent), "the host lends its hash functions");
  return lent;
}

function isHasher(value: unknown): value is Hasher {
  return typeof value === "object" && value !== null && "sha256" in value && "utf8" in value;
}

/** The registered adapter for `className`; asserts that there is one. */
export function adapterOf(className: PatternClass): Adapter {
  const found = REGISTERED_ADAPTERS.find((one) => one.className === className);
  assert(found !== undefined, `a registered adapter for ${className}`);
  return found;
}

/**
 * Ticks for which a pattern alone on the torus lasts. Both arms of a pair get the same flips: they are drawn by (seed,
 * tick, cell). The protection sees the noisy grid and nothing else; the judge keeps the reference to itself. `run`: the
 * pattern, its flips and its protection, on one seed. `hasher` names adapters. At most `TICKS_MAX`.
 */
export function persistenceTicks(
  run: {
    readonly seed: number;
    readonly className: PatternClass;
    readonly flipsPerMillion: number;
    readonly protection: Protection;
    /** Fitted for another class: a control without the registry's check. */
    readonly adapter?: Adapter;
  },
  hasher: Hasher,
): number {
  const { className, protection } = run;
  const template = templateOf(className, 0, 0);
  assert(template !== undefined, "a template for each class");
  const judge = new PersistenceJudge(LORA_SIZE, template);
  const automaton = new LoraAutomaton(LORA_SIZE, { law: PULSE_LAW, hasher });
  automaton.load(judge.start());
  const renew = protect(automaton, className, protection, hasher);
  const noise = new FlipNoise(run.seed, run.flipsPerMillion);
  for (let tick = 0; tick < TICKS_MAX; tick += 1) {
    if (tick > 0 && tick % TRAIN_TICKS === 0) renew();
    automaton.step();
    noise.flip(automaton.words, LORA_SIZE, tick);
    if (!judge.see(automaton.read())) return tick + 1;
  }
  return TICKS_MAX;
}

/** Starts what the arm does; gives what it does every sixteen ticks. */
function protect(
  automaton: LoraAutomaton,
  className: PatternClass,
  protection: Protection,
  hasher: Hasher,
): () => void {
  if (protection.kind === "none") return () => {};
  const registry = new AdapterRegistry(hasher);
  const adapter = registry.register(adapterOf(className));
  const [found] = findPatterns(automaton.read());
  assert(found !== undefined, "a pattern alone is found");
  const amplitude = protection.kind === "rows" ? PULSE_SHAPE.amplitude : protection.amplitude;
  const shape = { ...PULSE_SHAPE, amplitude };
  const started = startPulse(automaton, registry, { channel: 0, adapter, found, shape });
  assert(started.started, "an adapter of this pattern");
  // The same discs in the same places: only what acts in them is another.
  if (protection.kind === "rows") automaton.setSource(0, protection.rows);
  if (protection.kind === "single") return () => {};
  return () => started.pulse.follow(automaton.read());
}

/**
 * Rows that make the rule another one wherever they act: `lives` says of a neighbourhood, as nine bits, whether its cell is
 * alive next.
 */
export function ruleRows(lives: (bits: number) => boolean): RowSource {
  const row = Int8Array.from({ length: NEIGHBOURHOODS }, (_, bits) => {
    const weight = CONWAY_WEIGHTS[bits] ?? 0;
    return lives(bits) === weight > 0 ? 0 : -weight * LEVEL_MAX;
  });
  return { rowAt: () => row };
}

/** x′ = x: nothing ever changes but by flips. */
export const FREEZE = ruleRows((bits) => ((bits >>> 4) & 1) === 1);

const GENTLE = ruleOf(CONWAY.birth, 0b1_1110);
/** Births as Conway's, survival on 1 to 4 neighbours. */
export const SURVIVE_EASILY = ruleRows((bits) => {
  const alive = (bits >>> 4) & 1;
  const mask = alive === 1 ? GENTLE.survive : GENTLE.birth;
  return ((mask >>> (countBits(bits) - alive)) & 1) === 1;
});

/** An adapter's entries, as many and as strong, at neighbourhoods drawn by seed. */
export function shuffledRows(adapter: Adapter, seed: number): RowSource {
  const draws = createDraws(seed);
  const rows = adapter.rows.map((row) => {
    const sizes = [...row].map(Math.abs);
    for (let at = sizes.length - 1; at > 0; at -= 1) {
      const other = draws.below(at + 1);
      [sizes[at], sizes[other]] = [sizes[other] ?? 0, sizes[at] ?? 0];
    }
    return Int8Array.from(sizes, (size, bits) => -size * (CONWAY_WEIGHTS[bits] ?? 0));
  });
  return { rowAt: (tick) => rows[tick % rows.length] ?? new Int8Array(NEIGHBOURHOODS) };
}
