import { JournalError, type Engine, type Transport } from "@swoosh/kernel";
import type { Damage } from "./damage.ts";
import type { SeededRandom } from "@swoosh/kernel/testing";
import type { StreamOp } from "./history/history.ts";
import { Pauses } from "./pauses.ts";
import { settle } from "./settle.ts";
import type { Simulation } from "./simulation.ts";
import { Life, type LifeSetting } from "./world/life.ts";
import type { PlannedFault } from "./world/process-disk.ts";
import { startWiped } from "./start-wiped.ts";
import type { SimulatedDisk } from "@swoosh/server/journal-testing";

/** Starts in a row that may go wrong; then the world is calm, and one that still does is a finding. */
const STARTS_MAX = 8;

/** One node: a disk, and lives on it. Owns which of them is the present one. */
export class Node {
  readonly disk: SimulatedDisk;
  readonly #setting: LifeSetting;
  readonly #world: Simulation;
  readonly pauses: Pauses;
  readonly #living = new Set<number>();
  #life: Life | null = null;
  #lives = 0;
  /** Damage that was done and not yet noticed. */
  #damage: Damage[] = [];
  #wasDamaged = false;
  #stream: StreamOp | null = null;
  #startFaults: PlannedFault[] = [];

  constructor(setting: LifeSetting, world: Simulation) {
    this.#setting = setting;
    this.#world = world;
    this.pauses = new Pauses(world);
    this.disk = setting.disk;
  }

  get life(): Life | null {
    return this.#life;
  }

  get engine(): Engine | undefined {
    return this.#life?.engine;
  }

  get size(): number {
    return this.#life?.size ?? 0;
  }

  get restarts(): number {
    return this.#lives - 1;
  }

  /** Nobody is at work: killed, or fenced, which ends the process. */
  get isDown(): boolean {
    if (this.#life === null || this.#life.isDead) return true;
    return this.#life.engine?.status().condition === "fenced";
  }

  get isHeld(): boolean {
    return this.#life?.isHeld ?? false;
  }

  plan(fault: PlannedFault): string {
    this.#life?.disk.plan(fault);
    return this.#said(fault);
  }

  /** As `plan`, for the next start. */
  planStart(fault: PlannedFault): string {
    this.#startFaults.push(fault);
    return `at the next start ${this.#said(fault)}`;
  }

  #said({ after, call, fault }: PlannedFault): string {
    return `a ${call} will meet ${fault} after ${after}`;
  }

  fill(roomBytes: number): string {
    const isFull = this.disk.roomBytes !== Number.POSITIVE_INFINITY;
    this.disk.roomBytes = isFull ? Number.POSITIVE_INFINITY : roomBytes;
    this.#world.mark(isFull ? "disk has room again" : "disk full");
    return isFull ? "the disk has room" : `the disk has room for ${roomBytes} bytes`;
  }

  hold(isHeld: boolean): string {
    this.#life?.hold(isHeld);
    if (isHeld) this.#world.mark("disk is slow");
    return isHeld ? "appends wait" : "appends go on";
  }

  snapshot(): string {
    const life = this.#life;
    void life?.engine?.snapshot().then((result) => {
      if (!life.isDead) this.#world.mark(`snapshot ${result.kind}`);
    });
    return "snapshot";
  }

  /** Kills what is there, does something to the disk, and begins anew. */
  async restart(
    why: string,
    between?: (disk: SimulatedDisk) => Damage | undefined | void,
  ): Promise<string> {
    this.#end();
    const done = between?.(this.disk);
    if (done) {
      this.#damage.push(done);
      this.#wasDamaged = true;
      this.#world.mark("files damaged");
    }
    this.#world.mark(why);
    return this.start(why);
  }

  /** Another, empty disk for once, and then the node's own again. */
  async wipe(): Promise<string> {
    await startWiped(this.#world, { setting: this.#setting, number: this.#lives });
    return this.restart("the disk was another one");
  }

  /** A second life takes over while the first still believes in itself: the first must find out (K8). */
  async takeOver(): Promise<string> {
    const old = this.#life;
    if (old === null || this.isDown) return "nobody to take over from";
    this.#world.mark("zombie");
    await this.#replace(old);
    this.#world.traffic.haunt(old);
    old.hold(false);
    return "another one takes over";
  }

  /** It stands still in the middle of what clients asked of it; some are replaced meanwhile. */
  async pause(random: SeededRandom): Promise<string> {
    const life = this.#life;
    if (life === null || this.isDown) return "nobody to stop";
    life.pause();
    await this.#world.traffic.deliverSome(random, 1);
    if (random.chance(50)) return this.pauses.standStill(life, random);
    await settle(2);
    await this.#replace(life);
    this.pauses.sleep(life, random);
    return "it stands still, and another one takes over";
  }

  async #replace(old: Life): Promise<void> {
    this.#living.delete(old.number);
    this.#life = null;
    old.disk.calm();
    await this.start("another one takes over");
  }

  async start(why: string): Promise<string> {
    this.#world.tell(`start: ${why}`);
    for (let tries = 0; tries < STARTS_MAX; tries += 1) {
      this.#end();
      const outcome = await this.#begin(tries);
      if (outcome !== "again") return outcome;
    }
    this.#world.findings.expect(
      false,
      "durability",
      () => `liveness: no start of ${STARTS_MAX} went well`,
    );
    return "it does not start";
  }

  /** Everything is well from now on; damage that nobody noticed is taken back. */
  async heal(): Promise<void> {
    await this.pauses.wakeAll();
    this.#end();
    this.disk.roomBytes = Number.POSITIVE_INFINITY;
    this.#startFaults = [];
    for (const done of this.#damage.splice(0).toReversed()) if (done.lasts) done.undo();
    await this.start("all is healed");
  }

  #end(): void {
    if (this.#life === null) return;
    this.#life.kill();
    this.#living.delete(this.#life.number);
    this.#life = null;
  }

  async #begin(tries: number): Promise<string> {
    this.#lives += 1;
    const life = new Life(this.#setting, this.#lives, this.#living);
    life.disk.onFault = ({ call, fault }) => {
      this.#world.mark(`${fault} at ${call}`);
      this.#world.tell(`  ${fault} at ${call}`);
    };
    life.onDurable = (from, texts) => this.#world.reducer.learn(from, texts);
    for (const fault of this.#startFaults.splice(0)) life.disk.plan(fault);
    this.#life = life;
    this.#living.add(life.number);
    this.#stream = null;
    try {
      const engine = await life.begin(this.#transport(life));
      this.#watch(life, engine);
      return this.#begun(engine);
    } catch (error) {
      return this.#failed(life, error, tries);
    }
  }

  #begun(engine: Engine): string {
    const missed = this.#damage.find(({ refusedFor }) => refusedFor.length > 0);
    this.#world.findings.expect(
      missed === undefined,
      "durability",
      () => `it starts, though ${missed?.what ?? ""}`,
    );
    const { recovery } = engine.status();
    if (recovery.skipped.length > 0) this.#world.mark("snapshot skipped");
    if (recovery.snapshotIndex !== null) this.#world.mark("recovers from a snapshot");
    const from = recovery.snapshotIndex ?? "the log";
    this.#world.tell(`  recovers from ${from} and ${recovery.replayed}`);
    return `recovers from ${from}`;
  }

  /** Why it did not start: killed, no room, a failed call; or damage, which is taken back. */
  #failed(life: Life, error: unknown, tries: number): string {
    const message = error instanceof Error ? error.message : String(error);
    this.#world.tell(`  does not start: ${message}`);
    if (life.isDead) {
      this.#world.mark("killed while it starts");
      return "again";
    }
    const code = error instanceof JournalError ? error.code : "";
    if (code === "full") {
      this.disk.roomBytes = Number.POSITIVE_INFINITY;
      this.#world.mark("no room to start");
      return "again";
    }
    if (this.#damage.length > 0) {
      this.#checkRefusal(message);
      for (const done of this.#damage.splice(0).toReversed()) done.undo();
      this.#world.mark("damage refused");
      return "again";
    }
    const isPlanned = code === "failed" && tries < STARTS_MAX - 1 && /EIO/u.test(message);
    this.#world.findings.expect(isPlanned, "durability", () => `it does not start: ${message}`);
    return isPlanned ? "again" : "it does not start";
  }

  /** What is refused for one reason is refused with it. */
  #checkRefusal(message: string): void {
    const [{ refusedFor, what } = { refusedFor: [], what: "" }, ...others] = this.#damage;
    if (others.length > 0 || refusedFor.length === 0 || /EIO/u.test(message)) return;
    this.#world.findings.expect(
      refusedFor.some((reason) => message.includes(reason)),
      "durability",
      () => `${what}, and the start is refused with another reason: ${message}`,
    );
  }

  #watch(life: Life, engine: Engine): void {
    void engine.fenced.then(({ cause, message }) => {
      if (life.isDead) return;
      this.#world.tell(`  fenced (${cause}): ${message}`);
      this.#world.mark(`fenced ${cause}`);
      // One that was replaced takes nothing from the start under way, which must notice by itself, and may come after it.
      const isPresent = life === this.#life;
      const isDamage =
        cause === "corrupt" && (isPresent ? this.#damage.length > 0 : this.#wasDamaged);
      if (isDamage && isPresent)
        for (const done of this.#damage.splice(0).toReversed()) if (done.lasts) done.undo();
      const isWorld = isDamage || cause === "failed" || cause === "term";
      this.#world.findings.expect(
        isWorld,
        "chain",
        () => `the engine fenced itself (${cause}): ${message}`,
      );
    });
  }

  #transport(life: Life): Transport {
    const world = this.#world;
    return {
      publish: (index, text) => {
        if (life.isDead) return;
        world.promises.published(index, text, life.size);
        this.#stream ??= world.recorder.stream(`tail of life ${life.number}`, index);
        world.recorder.heard(this.#stream, index, text);
        world.slowReader?.wake();
      },
      dispatch: ({ id }) => {
        if (!life.isDead) world.promises.dispatched(id, life.size);
      },
      withdraw: () => {},
    };
  }

  /** The present life ends well: a snapshot, a note of the clean stop. */
  async stop(): Promise<void> {
    await this.#life?.stop();
    await settle();
  }
}
