import { JournalError, parseCheckpoint, type Kernel } from "@swoosh/kernel";
import type { ManualClock, SeededRandom } from "@swoosh/kernel/testing";
import {
  Follower,
  FollowRefused,
  type FollowerOptions,
  type LogFeed,
} from "@swoosh/server/follower";
import type { FollowerPlanting } from "../planting.ts";
import { ProcessDisk } from "../world/process-disk.ts";
import { SimulatedDisk } from "@swoosh/server/journal-testing";
import type { Signing } from "../world/signing.ts";
import { Link, type LinkEars } from "./link.ts";
import type { Sightings } from "./sightings.ts";
import { createSimMachine, FOLLOWER_FOLDER } from "./sim-machine.ts";

/** What all followers of a world have in common. */
export interface FollowerSetting {
  readonly clock: ManualClock;
  readonly kernel: Kernel;
  readonly signing: Signing;
  /** The node that all follow. */
  readonly server: LogFeed;
  readonly planting: FollowerPlanting;
  readonly sightings: Sightings;
  readonly ears: LinkEars;
  /** Text of record 0. */
  readonly first: string;
  /** Records that are durable at the server now; null: nobody is there to say. */
  durable(): number | null;
  /** What does not hold. */
  blame(claim: string): void;
}

type Knobs = Required<Pick<FollowerOptions, "batchRecords" | "segmentBytes" | "snapshotRecords">>;

/** One follower: a disk, lives on it, a link. Owns what it has shown, which no later life may take back. */
export class SimFollower {
  readonly name: string;
  readonly link: Link;
  disk = new SimulatedDisk();
  readonly #setting: FollowerSetting;
  readonly #knobs: Knobs;
  readonly #living = new Set<number>();
  #lives = 0;
  #process: ProcessDisk | null = null;
  #follower: Follower | null = null;
  #running: Promise<void> | null = null;
  /** Records that were durable here, and the greatest head that was cosigned. */
  #kept = 0;
  #cosigned = 0;
  /** Its log is one that was forked off: whoever it follows next, it must refuse. */
  #isForeign = false;
  /** It is linked to a fork that it need not notice: until now it has nothing that the fork lacks. */
  #mayFollow = false;
  /** Why it does not have everything, as far as is known. */
  problem = "";

  constructor(name: string, random: SeededRandom, setting: FollowerSetting) {
    this.name = name;
    this.#setting = setting;
    this.#knobs = {
      batchRecords: 1 + random.below(40),
      snapshotRecords: 5 + random.below(60),
      segmentBytes: 4_096 * (1 + random.below(4)),
    };
    this.link = new Link(setting.server, random.fork("link"), setting.ears);
  }

  get isBusy(): boolean {
    return this.#running !== null;
  }

  /** Up, and of the log that everybody else has. */
  get follower(): Follower | null {
    return this.#isForeign || this.#isMisled ? null : this.#follower;
  }

  get #isMisled(): boolean {
    return this.link.lie !== null || this.link.server !== this.#setting.server;
  }

  get process(): ProcessDisk | null {
    return this.#process;
  }

  /** Takes up what there is, if it is not at that already. */
  catchUp(): void {
    if (this.#running !== null) return;
    // It was killed at a call.
    if (this.#process?.isDead === true) this.kill();
    const running = this.#round().finally(() => {
      if (this.#running === running) this.#running = null;
    });
    this.#running = running;
  }

  /** Waits for what is under way, if it ends. */
  async rest(): Promise<void> {
    await this.#running;
  }

  kill(): void {
    // What it took on the way is not known: a person would give it a new folder.
    const isSpoiled = this.#mayFollow || this.link.lie?.mayBeTaken === true;
    if (this.#process !== null) this.#process.isDead = true;
    this.#process = null;
    this.#follower = null;
    this.#running = null;
    this.#living.clear();
    this.link.lie = null;
    this.#leaveFork();
    if (isSpoiled) this.#wipe();
  }

  losePower(random: SeededRandom): void {
    this.kill();
    this.disk.losePower((bound) => random.below(bound));
  }

  /** Links it to a fork of the log; `mayFollow`: nothing that it has tells it so. */
  mislead(fork: LogFeed, mayFollow: boolean): void {
    this.link.heal();
    this.link.server = fork;
    this.#mayFollow = mayFollow;
  }

  /** What a reader is told, who does not mind that it may be old. */
  read(random: SeededRandom): void {
    const { planting, sightings } = this.#setting;
    const { follower } = this;
    if (follower === null || this.isBusy) return;
    const { replica } = follower;
    const instance = random.pick([...replica.instances()]) ?? "order/none";
    const hash = replica.head(instance)?.hash;
    const shown = planting.read === undefined ? hash : planting.read(instance, hash);
    sightings.read({ who: this.name, size: replica.size, instance, hash: shown });
  }

  async #round(): Promise<void> {
    const process = this.#process ?? this.#begin();
    try {
      this.#follower ??= await this.#open(process);
      const follower = this.#follower;
      await follower.catchUp();
      if (!process.isDead) this.#caughtUp(follower);
    } catch (error) {
      if (!process.isDead) await this.#failed(error);
    }
  }

  #begin(): ProcessDisk {
    this.#lives += 1;
    this.#living.clear();
    this.#living.add(this.#lives);
    const process = new ProcessDisk(
      this.disk,
      this.#setting.planting.disk?.(this.disk) ?? this.disk,
    );
    process.onFault = ({ call, fault }) => this.#setting.ears.mark(`follower: ${fault} at ${call}`);
    this.#process = process;
    return process;
  }

  async #open(process: ProcessDisk): Promise<Follower> {
    const { clock, first, kernel, planting, signing } = this.#setting;
    const machine = createSimMachine({
      name: this.name,
      life: this.#lives,
      living: this.#living,
      disk: this.disk,
      process,
      signing,
      first,
    });
    const follower = await Follower.open({
      ...this.#knobs,
      folder: FOLLOWER_FOLDER,
      feed: this.link,
      clock,
      kernel,
      machine: planting.machine?.(machine) ?? machine,
    });
    const cosigned = follower.witness.latest?.size ?? 0;
    if (follower.journal.size > 0) this.#setting.ears.mark("follower: recovers");
    this.#expect(
      follower.journal.size >= this.#kept,
      `came back with ${follower.journal.size} records; it had ${this.#kept}`,
    );
    this.#expect(
      cosigned >= this.#cosigned,
      `came back with a cosigned head of ${cosigned} records; it had shown one of ${this.#cosigned}`,
    );
    return follower;
  }

  #caughtUp(follower: Follower): void {
    const { durable, ears, sightings } = this.#setting;
    const { journal, replica, witness } = follower;
    const lie = this.link.lie?.isTold === true ? this.link.lie.name : null;
    this.link.lie = null;
    this.#expect(lie === null, `believed a lie: ${lie ?? ""}`);
    if (this.link.server !== this.#setting.server) {
      this.#expect(this.#mayFollow, "followed a fork of what it had");
      this.#isForeign = true;
      this.#leaveFork();
      return;
    }
    this.#expect(!this.#isForeign, "went on from a fork as if it were the log");
    if (this.#isForeign) return;
    ears.mark("follower: catches up");
    sightings.root({ who: this.name, size: replica.size, root: replica.root() });
    const most = durable();
    this.#expect(
      most === null || replica.size <= most,
      `has ${replica.size} records, and ${most ?? 0} are durable where it has them from`,
    );
    this.#kept = journal.size;
    this.#cosignedBy(witness.latest?.text, journal.size);
  }

  #cosignedBy(text: string | undefined, kept: number): void {
    const head = text === undefined ? undefined : parseCheckpoint(text);
    if (head?.ok !== true) return this.#expect(false, "caught up and cosigned nothing");
    const { root, size } = head.checkpoint;
    this.#expect(size <= kept, `cosigned ${size} records and has ${kept}`);
    this.#expect(size >= this.#cosigned, `cosigned ${size} records after ${this.#cosigned}`);
    this.#cosigned = Math.max(size, this.#cosigned);
    this.#setting.sightings.root({ who: `${this.name}, as a witness,`, size, root });
    this.#setting.ears.mark("follower: cosigns");
  }

  async #failed(error: unknown): Promise<void> {
    this.problem = error instanceof Error ? error.message : String(error);
    const { planting } = this.#setting;
    if (error instanceof FollowRefused && planting.refuses?.(error) !== false)
      return this.#refused(error);
    // As `swoosh follow` does: what its own disk does ends it, what the server does is waited for.
    if (!(error instanceof JournalError)) return;
    this.#expect(error.code !== "corrupt", `cannot read its own journal: ${error.message}`);
    if (error.code === "full") this.#setting.ears.mark("follower: no room");
    this.disk.roomBytes = Number.POSITIVE_INFINITY;
    this.kill();
  }

  async #refused(error: FollowRefused): Promise<void> {
    const { ears } = this.#setting;
    const lie = this.link.lie?.isTold === true ? this.link.lie : null;
    const isFork = this.#isForeign || this.link.server !== this.#setting.server;
    ears.tell(`  ${this.name} refuses: ${error.code} at ${error.index}`);
    this.#expect(
      lie !== null || isFork,
      `refuses a sound log (${error.code} at ${error.index}): ${error.message}`,
    );
    this.#expect(
      this.disk.paths(error.evidence).some((path) => path.endsWith("/checkpoint")),
      `keeps nothing that proves what it refuses`,
    );
    if (isFork) {
      ears.mark("follower: fork noticed");
      const index = await this.#firstDifference(error.evidence);
      this.#expect(
        index === null || error.index === index,
        `says that a fork begins at ${error.index}; it begins at ${index ?? 0}`,
      );
    } else ears.mark("follower: lie noticed");
    const isForeign = this.#isForeign;
    this.kill();
    if (isForeign) this.#wipe();
  }

  /** First record that differs between this copy and the log below the head that it refused; null: they cannot be asked. */
  async #firstDifference(evidence: string): Promise<number | null> {
    const journal = this.#follower?.journal;
    const bytes = this.disk.durableContents(`${evidence}/checkpoint`);
    const head = parseCheckpoint(new TextDecoder().decode(bytes ?? new Uint8Array(0)));
    this.#expect(head.ok, "keeps no head of the log that it refuses");
    if (journal === undefined || !head.ok) return null;
    try {
      const mine = await journal.read(0, journal.size);
      // Whoever signed it may have gone on since, and have by now what this copy has too.
      const theirs = await this.link.server.records(
        0,
        Math.min(journal.size, head.checkpoint.size),
      );
      if (mine[0] !== theirs[0]) {
        // Another log altogether is refused for the name in its head, before any record.
        this.#setting.ears.mark("follower: another log noticed");
        return null;
      }
      const at = mine.findIndex((text, index) => text !== theirs[index]);
      return at < 0 ? mine.length : at;
    } catch {
      return null;
    }
  }

  /** A new folder, as a person would give it after a fork. */
  #wipe(): void {
    this.disk = new SimulatedDisk();
    this.#kept = 0;
    this.#cosigned = 0;
    this.#isForeign = false;
  }

  #leaveFork(): void {
    this.link.server = this.#setting.server;
    this.#mayFollow = false;
  }

  #expect(holds: boolean, claim: string): void {
    if (!holds) this.#setting.blame(`${this.name} ${claim}`);
  }
}
