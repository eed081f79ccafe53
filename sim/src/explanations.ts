import { canonicalize } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import { engineSource, LogView } from "@swoosh/server/decisions";
import type { Simulation } from "./simulation.ts";
import type { Life } from "./world/life.ts";

/** Readers who ask the node why a record was accepted. Each life of the node makes its own index of the log. */
export class Explanations {
  readonly #world: Simulation;
  #index: { readonly life: Life; readonly log: LogView } | null = null;

  constructor(world: Simulation) {
    this.#world = world;
  }

  async ask(random: SeededRandom): Promise<void> {
    const { node, options, recorder } = this.#world;
    const { life, size } = node;
    if (life === null || node.isDown || size === 0) return;
    const log = this.#logOf(life);
    if (log === undefined) return;
    const index = random.below(size);
    const op = recorder.decision("auditor", index);
    try {
      await log.caughtUp();
      // On the disk, and of no effect yet: a moment before the node tells anybody of it.
      if (index >= log.columns.size) return this.#world.mark("decision not read");
      const decision = await log.decisionOf(await log.at(index));
      if (life.isDead) return;
      recorder.wasDecided(op, canonicalize(options.planting?.decision?.(decision) ?? decision));
      this.#world.mark("decision read");
    } catch {
      // The journal cannot be read just now.
      this.#world.mark("decision not read");
    }
  }

  #logOf(life: Life): LogView | undefined {
    if (this.#index?.life === life) return this.#index.log;
    const { engine, journal } = life;
    if (engine === undefined || journal === undefined) return undefined;
    const { clock, kernel } = this.#world;
    const log = new LogView(engineSource({ kernel, engine, journal, now: () => clock.now() }));
    this.#index = { life, log };
    return log;
  }
}
