import type { Engine, Replica } from "@swoosh/kernel";
import type { LogFeed } from "@swoosh/server/follower";
import type { SeededRandom } from "@swoosh/kernel/testing";
import { chooseCallFault, type FaultKind, type Faults } from "../faults.ts";
import { settle } from "../settle.ts";
import type { Simulation } from "../simulation.ts";
import type { LifeSetting } from "../world/life.ts";
import type { SimulatedDisk } from "@swoosh/server/journal-testing";
import { forkLog } from "./fork-log.ts";
import { createLeaderFeed } from "./leader-feed.ts";
import { chooseLie } from "./lie.ts";
import { HEALTHY } from "./link.ts";
import { Sightings } from "./sightings.ts";
import { SimFollower } from "./sim-follower.ts";

/** Followers of a world, drawn from these. */
const COUNTS = [0, 0, 1, 1, 2, 3];
/** Steps between two copies of the disk that a fork may begin with. */
const COPY_STEPS = 16;
/** Rounds in a healed world until all must have everything; each refusal that is right costs one. */
const ROUNDS_MAX = 6;
/** Lives of forks are numbered apart from the node's. */
const FORK_LIVES = 1_000_000;

/** Those who follow the node of a world, and the links between. */
export class Followers {
  readonly sightings = new Sightings();
  readonly #world: Simulation;
  readonly #setting: LifeSetting;
  readonly #faults: Faults;
  readonly #all: SimFollower[] = [];
  readonly #claims: string[] = [];
  #old: SimulatedDisk;
  #forks = 0;

  constructor(
    world: Simulation,
    given: {
      readonly setting: LifeSetting;
      readonly faults: Faults;
      readonly random: SeededRandom;
      /** null: drawn. */
      readonly count: number | null;
      readonly first: string;
    },
  ) {
    const { faults, first, random, setting } = given;
    this.#world = world;
    this.#setting = setting;
    this.#faults = faults;
    this.#old = setting.disk;
    const { clock, signing } = setting;
    const planting = world.options.planting?.follower ?? {};
    const server = createLeaderFeed({
      disk: () => world.node.disk,
      engine: () => (world.node.isDown ? undefined : world.node.engine),
      signing,
    });
    const drawn = random.pick(COUNTS) ?? 0;
    const count = world.options.feed === undefined ? (given.count ?? drawn) : 0;
    for (let number = 0; number < count; number += 1)
      this.#all.push(
        new SimFollower(`follower ${number}`, random.fork(`follower ${number}`), {
          clock,
          kernel: world.soundKernel,
          signing,
          server: planting.feed?.(server) ?? server,
          planting,
          sightings: this.sightings,
          ears: world,
          first,
          durable: () => (world.node.isDown ? null : world.node.size),
          blame: (claim) => this.#claims.push(claim),
        }),
      );
  }

  /** What does not hold, if anything; told last, for whatever is wrong with the node itself is nearer to its cause. */
  get claims(): readonly string[] {
    return this.#claims;
  }

  async step(random: SeededRandom, step: number): Promise<void> {
    if (this.#all.length === 0) return;
    if (step % COPY_STEPS === 0 && this.#has("logs forked"))
      this.#old = this.#world.node.disk.copy();
    for (const one of this.#all) {
      if (random.chance(15)) await this.#misfortune(random, one);
      one.link.release(random);
      const dice = random.below(100);
      if (dice < 25) one.catchUp();
      else if (dice < 40) one.read(random);
    }
    await settle();
  }

  /** At the node's address another log answers: whoever has records of the first one must refuse it. */
  meet(other: LogFeed): void {
    for (const one of this.#all)
      if (!one.isBusy && (one.follower?.journal.size ?? 0) > 0) one.mislead(other, false);
  }

  /** Those that are up and of the log, as they are just now. */
  replicas(): readonly { readonly name: string; readonly replica: Replica }[] {
    return this.#all.flatMap(({ follower, name }) =>
      follower === null ? [] : [{ name, replica: follower.replica }],
    );
  }

  /** Everything is well: all must get to where the node is, be there together, and show what it shows. */
  async converge(engine: Engine): Promise<void> {
    for (const one of this.#all) {
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        one.disk.roomBytes = Number.POSITIVE_INFINITY;
        one.process?.calm();
        one.link.heal();
        one.catchUp();
        await settle();
        await one.rest();
        const { follower } = one;
        if (follower !== null && follower.replica.size === engine.status().size) break;
      }
      this.#compare(one, engine);
    }
  }

  #compare({ follower, name, problem }: SimFollower, engine: Engine): void {
    const { root, size } = engine.checkpoint();
    if (follower === null || follower.replica.size !== size) {
      const has = follower === null ? "nothing" : `${follower.replica.size} records`;
      this.#claims.push(
        `liveness: ${name} has ${has} in a healed world, and the node ${size}: ${problem}`,
      );
      return;
    }
    if (follower.replica.root() !== root) this.#claims.push(`${name} has another root at the end`);
    for (const instance of engine.instances())
      if (follower.replica.head(instance)?.hash !== engine.head(instance)?.hash)
        this.#claims.push(`${name} has another ${instance} at the end`);
    this.#world.mark("follower: converges");
  }

  async #misfortune(random: SeededRandom, one: SimFollower): Promise<void> {
    const kind = random.pick(FOLLOWER_MISFORTUNES.filter((each) => this.#has(each)));
    switch (kind) {
      case "links cut": {
        const isOneWay = random.chance(40);
        const isCut = !isOneWay && random.chance(60);
        one.link.state = { ...one.link.state, isCut, isOneWay };
        return;
      }
      case "links lossy":
        one.link.state = { ...HEALTHY, lost: random.below(40), doubled: random.below(40) };
        return;
      case "links slow":
        one.link.state = { ...one.link.state, isSlow: random.chance(60) };
        return;
      case "followers die":
        this.#strike(random, one);
        return;
      case "links lie":
        // Not while something is under way: a lie is told to one round, from its beginning.
        if (one.isBusy || one.follower === null) return;
        one.link.heal();
        one.link.lie = chooseLie(random);
        return;
      case "logs forked":
        if (!one.isBusy) await this.#fork(random, one);
        return;
      default:
    }
  }

  #strike(random: SeededRandom, one: SimFollower): void {
    const dice = random.below(5);
    if (dice === 0) {
      one.kill();
      this.#world.mark("follower: killed");
    } else if (dice === 1) {
      one.losePower(random);
      this.#world.mark("follower: power lost");
    } else if (dice === 2) {
      one.disk.roomBytes = random.below(20_000);
      this.#world.mark("follower: disk full");
    } else one.process?.plan(chooseCallFault(random, dice === 3 ? "dies" : "fails"));
  }

  async #fork(random: SeededRandom, one: SimFollower): Promise<void> {
    const { follower } = one;
    if (follower === null) return;
    this.#forks += 1;
    const log = await forkLog(
      { ...this.#setting, kernel: this.#world.soundKernel },
      {
        disk: random.chance(50) ? this.#old : this.#world.node.disk,
        number: FORK_LIVES + this.#forks,
        wish: this.#world.workload.last,
        key: `sim:${this.#world.seed}:fork:${this.#forks}`,
      },
    );
    if (log === undefined) return;
    const mine = await follower.journal.read(0, follower.journal.size).catch(() => null);
    if (mine === null) return;
    this.#world.mark("log forked");
    one.mislead(
      log.feed,
      mine.every((text, index) => text === log.records[index]),
    );
  }

  #has(kind: FaultKind): boolean {
    return this.#faults.has(kind);
  }
}

const FOLLOWER_MISFORTUNES: readonly FaultKind[] = [
  "followers die",
  "links cut",
  "links lie",
  "links lossy",
  "links slow",
  "logs forked",
];
