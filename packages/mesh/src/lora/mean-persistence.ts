import { assert, type Hasher } from "@swoosh/kernel/values";
import { findPatterns } from "../patterns/find-patterns.ts";
import { templateOf } from "../patterns/templates.ts";
import type { Adapter } from "./adapter.ts";
import { AdapterRegistry } from "./adapter-registry.ts";
import { FlipNoise } from "./flip-noise.ts";
import { LoraAutomaton } from "./lora-automaton.ts";
import { PersistenceJudge } from "./persistence.ts";
import { startPulse } from "./pulse.ts";
import { PULSE_LAW, PULSE_SHAPE, TRAIN_TICKS } from "./pulse-settings.ts";

const SIZE = { width: 32, height: 32 };
const TICKS_MAX = 1_000;

/**
 * Mean ticks for which a train with `adapter` keeps its pattern, at most 1,000, over the streams for fitting whose seeds
 * are `given`: what rounds of a fit are compared by.
 */
export function meanPersistence(
  adapter: Adapter,
  given: {
    readonly seeds: { readonly first: number; readonly count: number };
    readonly flipsPerMillion: number;
    readonly hasher: Hasher;
  },
): number {
  const template = templateOf(adapter.className, 0, 0);
  assert(template !== undefined, "a template for each class");
  let ticks = 0;
  for (let seed = 0; seed < given.seeds.count; seed += 1) {
    const judge = new PersistenceJudge(SIZE, template);
    const automaton = new LoraAutomaton(SIZE, { law: PULSE_LAW, hasher: given.hasher });
    automaton.load(judge.start());
    const registry = new AdapterRegistry(given.hasher);
    const id = registry.register(adapter);
    const [found] = findPatterns(automaton.read());
    assert(found !== undefined, "a pattern alone is found");
    const started = startPulse(automaton, registry, {
      channel: 0,
      adapter: id,
      found,
      shape: PULSE_SHAPE,
    });
    assert(started.started, "an adapter of this pattern");
    const noise = new FlipNoise(given.seeds.first + seed, given.flipsPerMillion, "fit");
    for (let tick = 0; tick < TICKS_MAX; tick += 1) {
      if (tick > 0 && tick % TRAIN_TICKS === 0) started.pulse.follow(automaton.read());
      automaton.step();
      noise.flip(automaton.words, SIZE, tick);
      ticks += 1;
      if (!judge.see(automaton.read())) break;
    }
  }
  return ticks / given.seeds.count;
}
