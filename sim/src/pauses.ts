import type { Engine } from "@swoosh/kernel";
import type { SeededRandom } from "@swoosh/kernel/testing";
import { settle } from "./settle.ts";
import type { Simulation } from "./simulation.ts";
import type { Life } from "./world/life.ts";

/** What a pause takes at least, to be called one of minutes. */
const MINUTES_MS = 120_000;
const MINUTE_MS = 60_000;
/** Turns of the event loop in which everything that is overdue must have been recorded. */
const TURNS_MAX = 60;

/** A writer that was stopped and replaced, and knows nothing of either. */
interface Sleeper {
  readonly life: Life;
  readonly sinceMs: number;
  stepsLeft: number;
}

/** Processes that stand still for minutes, as under SIGSTOP or on a host that is out of memory, and then go on. */
export class Pauses {
  readonly #world: Simulation;
  #sleepers: Sleeper[] = [];

  constructor(world: Simulation) {
    this.#world = world;
  }

  /** Nobody takes over meanwhile: timers become overdue, clients wait, and then all of it happens late. */
  async standStill(life: Life, random: SeededRandom): Promise<string> {
    await settle(2);
    if (life.waiting > 0) this.#world.mark("clients wait for a paused node");
    const ms = MINUTES_MS + random.below(20 * MINUTE_MS);
    this.#world.moveClock(ms);
    await settle(2);
    life.resume();
    this.#world.mark("paused for minutes");
    await this.#checkOverdue(life);
    return `the node stands still for ${ms} ms`;
  }

  /** It was replaced, and sleeps on for some steps. */
  sleep(life: Life, random: SeededRandom): void {
    const sinceMs = this.#world.clock.now();
    this.#sleepers.push({ life, sinceMs, stepsLeft: 3 + random.below(6) });
  }

  /** A step: while somebody sleeps, a minute. */
  async pass(): Promise<void> {
    if (this.#sleepers.length === 0) return;
    this.#world.moveClock(MINUTE_MS);
    const awake: Sleeper[] = [];
    for (const sleeper of this.#sleepers) {
      sleeper.stepsLeft -= 1;
      if (sleeper.stepsLeft <= 0) awake.push(sleeper);
    }
    this.#sleepers = this.#sleepers.filter((sleeper) => !awake.includes(sleeper));
    for (const sleeper of awake) await this.#wake(sleeper);
  }

  async wakeAll(): Promise<void> {
    for (const sleeper of this.#sleepers.splice(0)) await this.#wake(sleeper);
  }

  /** It goes on with what it was at, and is told that it may not (K8). */
  async #wake({ life, sinceMs }: Sleeper): Promise<void> {
    const { clock, findings, traffic } = this.#world;
    const hasBatch = life.waiting > 0;
    traffic.haunt(life);
    life.hold(false);
    life.resume();
    this.#world.tell(`  one that was replaced wakes after ${clock.now() - sinceMs} ms`);
    await settle(4);
    if (clock.now() - sinceMs >= MINUTES_MS) this.#world.mark("paused and replaced for minutes");
    if (!hasBatch) return;
    this.#world.mark("a paused writer wakes with a batch");
    findings.expect(
      life.engine?.status().condition === "fenced",
      "chain",
      () => "K8: a writer that was replaced while it slept goes on with its batch",
    );
  }

  /** Liveness: what became due while nobody looked is done as soon as somebody can. */
  async #checkOverdue(life: Life): Promise<void> {
    const { findings, node } = this.#world;
    for (let turn = 0; turn < TURNS_MAX; turn += 1) {
      if (node.disk.roomBytes !== Number.POSITIVE_INFINITY || node.isHeld) return;
      const { engine } = life;
      if (engine === undefined || life.isDead || engine.status().condition !== "ok") return;
      if (this.#overdueIn(engine) === undefined) return;
      this.#world.mark("timers are overdue");
      await settle();
    }
    const { engine } = life;
    const overdue = engine === undefined ? undefined : this.#overdueIn(engine);
    findings.expect(
      overdue === undefined,
      "records",
      () => `liveness: ${overdue ?? ""} became due while the node stood still, and does not fire`,
    );
  }

  #overdueIn(engine: Engine): string | undefined {
    const now = this.#world.clock.now();
    for (const instance of engine.instances())
      for (const { due, id } of engine.state.head(instance)?.document.timers ?? [])
        if ("at" in due && due.at <= now) return `timer ${id} of ${instance}`;
    return undefined;
  }
}
