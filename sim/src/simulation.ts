import { ManualClock, SeededRandom } from "@swoosh/kernel/testing";
import type { Kernel, NewJournal } from "@swoosh/kernel";
import { START_MS, type Beginning, type OtherDisks } from "./beginning.ts";
import { damage, OldFiles, type Damage } from "./damage.ts";
import {
  chooseCallFault,
  chooseFaults,
  chooseKnobs,
  type FaultKind,
  type Faults,
  type Knobs,
} from "./faults.ts";
import type { Feed } from "./feed.ts";
import { compareStates, COMPARED_STEPS } from "./compare-states.ts";
import { Findings } from "./history/finding.ts";
import { Explanations } from "./explanations.ts";
import { Followers } from "./followers/followers.ts";
import { HistoryRecorder } from "./history/history-recorder.ts";
import { InProcessReducer } from "./in-process-reducer.ts";
import type { Invariant } from "./invariants.ts";
import { Marks } from "./marks.ts";
import { Node } from "./node.ts";
import { misplace } from "./misplaced-files.ts";
import type { Planting } from "./planting.ts";
import { Promises } from "./promises.ts";
import { JOURNAL_FOLDER, type LifeSetting } from "./world/life.ts";
import type { PlannedFault } from "./world/process-disk.ts";
import { settle } from "./settle.ts";
import { SlowReader } from "./slow-reader.ts";
import type { Signing } from "./world/signing.ts";
import type { SimulatedDisk } from "@swoosh/server/journal-testing";
import { Story } from "./story.ts";
import type { Workload } from "./workload.ts";
import { Traffic } from "./traffic.ts";

/** What a run may leave out of its seed: for plantings, and for making a failing run small. */
export interface RunOptions {
  readonly planting?: Planting;
  /** Steps from here on are not played. */
  readonly stepsMax?: number;
  /** Steps that are not played. */
  readonly skipped?: ReadonlySet<number>;
  readonly without?: ReadonlySet<FaultKind>;
  /** Nobody compares states on the way: to see what is left for the judge. */
  readonly comparesNothing?: boolean;
  /** Is told of everything that reaches the node, which then comes to rest each time. For runs without faults. */
  readonly feed?: Feed;
}

/** Turns of the event loop without a new record, after which none comes any more: a proposal takes some three. */
const TURNS_AT_REST = 8;
/** Of steps after which somebody asks why a record was accepted. */
const EXPLANATIONS_PERCENT = 8;
/** Of steps in which one of the later kinds of misfortune comes. */
const LATER_KINDS_PERCENT = 6;
const YEARS_MS = 10 * 365 * 86_400_000;

/** Owns the world of one seed: disk, clock, network, clients, and the node's lives one after the other. */
export class Simulation {
  readonly story = new Story();
  readonly findings = new Findings();
  readonly marks = new Marks();
  readonly clock = new ManualClock(START_MS);
  readonly recorder: HistoryRecorder;
  readonly promises = new Promises(this.findings);
  readonly node: Node;
  readonly traffic: Traffic;
  readonly kernel: Kernel;
  /** Without what is planted. */
  readonly soundKernel: Kernel;
  readonly followers: Followers;
  readonly genesis: NewJournal;
  /** Beside the node, and fed with what is durable there. */
  readonly reducer: InProcessReducer;
  readonly workload: Workload;
  readonly invariants: readonly Invariant[];
  readonly knobs: Knobs;
  readonly signing: Signing;
  simulatedMs = 0;
  readonly seed: number;
  readonly #faults: Faults;
  readonly #clients: number;
  readonly options: RunOptions;
  readonly #oldFiles = new OldFiles();
  readonly slowReader: SlowReader | null;
  readonly #explanations = new Explanations(this);
  readonly #others: () => Promise<OtherDisks>;
  #driftPercent = 0;

  constructor(beginning: Beginning, seed: number, options: RunOptions) {
    this.seed = seed;
    this.options = options;
    const random = new SeededRandom(seed);
    const { without = new Set() } = options;
    const chosen = chooseFaults(random.fork("faults"));
    this.#faults = new Set([...chosen].filter((kind) => !without.has(kind)));
    const knobs = chooseKnobs(random.fork("knobs"));
    this.knobs = { ...knobs, steps: knobs.steps * beginning.stepsTimes };
    this.kernel = options.planting?.kernel?.(beginning.kernel) ?? beginning.kernel;
    this.recorder = new HistoryRecorder(() => this.clock.now(), beginning.ops);
    this.clock.set(beginning.endMs);
    this.signing = beginning.signing;
    const setting: LifeSetting = {
      disk: beginning.disk.copy(),
      clock: this.clock,
      kernel: this.kernel,
      // Begun already: a product begins a log where there is nothing at all, and nowhere else.
      engine: {
        ...(options.planting?.beginsAnew === true ? { genesis: beginning.genesis } : {}),
        lanes: { proposals: this.knobs.proposalsMax },
        batch: { recordsMax: this.knobs.recordsMax },
      },
      segmentBytes: this.knobs.segmentBytes,
      planting: options.planting ?? {},
      signing: beginning.signing,
    };
    this.node = new Node(setting, this);
    this.slowReader = this.#has("readers slow") ? new SlowReader(this) : null;
    this.reducer = new InProcessReducer(beginning.kernel, (hash) => {
      const bytes = this.node.disk.durableContents(`${JOURNAL_FOLDER}/evidence/${hash}.json`);
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
    });
    this.reducer.learn(0, beginning.records);
    this.workload = beginning.workload();
    this.#clients = beginning.crowd.clients;
    this.genesis = beginning.genesis;
    this.#others = beginning.others;
    this.invariants = beginning.invariants;
    this.traffic = new Traffic(this, { seed, faults: this.#faults });
    this.soundKernel = beginning.kernel;
    this.followers = new Followers(this, {
      setting,
      faults: this.#faults,
      random: random.fork("followers"),
      count: beginning.crowd.followers,
      first: beginning.records[0] ?? "",
    });
  }

  async run(): Promise<void> {
    const faults = [...this.#faults].join(", ");
    this.story.tell(`seed ${this.seed} ${JSON.stringify(this.knobs)} with ${faults}`);
    await this.node.start("the beginning");
    const { skipped = new Set(), stepsMax = this.knobs.steps } = this.options;
    for (let step = 0; step < Math.min(this.knobs.steps, stepsMax); step += 1)
      if (!skipped.has(step) && this.findings.all.length === 0) await this.#step(step);
  }

  tell(line: string): void {
    this.story.tell(line);
  }

  mark(name: string): void {
    this.marks.add(name);
  }

  /** Draws of their own for each step: one that is left out shifts no other. */
  async #step(step: number): Promise<void> {
    const random = new SeededRandom(Math.imul(this.seed, 0x9e3779b1) ^ step).fork("step");
    const what = await this.#act(random);
    const later = random.fork("later kinds");
    if (LATER_MISFORTUNES.some((kind) => this.#has(kind)) && later.chance(LATER_KINDS_PERCENT))
      this.story.tell(`  ${await this.#misfortune(later, LATER_MISFORTUNES)}`);
    await settle(this.knobs.turns);
    await this.rest();
    this.#drift();
    this.story.tell(`${step} ${what}: ${this.node.size} records`);
    if (this.#has("files old")) this.#oldFiles.keep(this.node.disk);
    if (this.node.isDown) await this.node.start("it is dead");
    await this.node.pauses.pass();
    await this.followers.step(random.fork("followers"), step);
    const isCompared = step % COMPARED_STEPS === 0 && this.options.comparesNothing !== true;
    if (isCompared) compareStates(this, step);
    await this.slowReader?.step(random.fork("slow reader"));
    const asking = random.fork("explanations");
    if (asking.chance(EXPLANATIONS_PERCENT)) await this.#explanations.ask(asking);
  }

  async #act(random: SeededRandom): Promise<string> {
    const dice = random.below(100);
    if (dice < 30) return this.#wishAll(random);
    if (dice < 57) return this.traffic.deliverSome(random, this.#clients);
    if (dice < 67) return this.traffic.look(random);
    if (dice < 76) return this.#passTime(random);
    if (dice < 81) return this.node.snapshot();
    return this.#misfortune(random, MISFORTUNES);
  }

  #wishAll(random: SeededRandom): string {
    const wishes = Array.from({ length: this.#clients }, () => this.traffic.wish(random));
    return wishes.join(", ");
  }

  #passTime(random: SeededRandom): string {
    if (this.#has("clock stands") && random.chance(30)) {
      this.mark("clock stands");
      return "time stands still";
    }
    let ms = random.below(random.chance(50) ? 100 : 60_000);
    if (this.#has("clock jumps") && random.chance(20)) ms = random.below(7_200_000) - 3_600_000;
    if (this.#has("clock jumps by years") && random.chance(10))
      ms = random.below(2 * YEARS_MS) - YEARS_MS;
    this.moveClock(ms);
    return `${ms} ms pass`;
  }

  /** Every step takes a little longer or shorter by the node's clock than by the others'. */
  #drift(): void {
    if (this.#driftPercent !== 0) this.moveClock(this.#driftPercent);
  }

  moveClock(ms: number): void {
    if (Math.abs(ms) > 3_600_000) this.mark("clock jumps by years");
    else if (ms < 0) this.mark("clock jumps back");
    const to = Math.max(0, this.clock.now() + ms);
    // Years are no time that a simulation lived through.
    if (ms > 0 && ms <= 3_600_000) this.simulatedMs += ms;
    this.recorder.clockMoved();
    this.options.feed?.note({ kind: "clock", nowMs: to });
    this.clock.set(to);
    this.recorder.clockMoved();
  }

  /** Where a feed is written down: waits until the node has nothing more to do. */
  async rest(): Promise<void> {
    const { feed } = this.options;
    if (feed === undefined) return;
    for (let [last, quiet] = [-1, 0]; quiet < TURNS_AT_REST; quiet += 1) {
      await settle();
      if (last !== this.node.size) quiet = 0;
      last = this.node.size;
    }
    feed.rested(this.node.size);
  }

  async #misfortune(random: SeededRandom, kinds: readonly FaultKind[]): Promise<string> {
    const kind = random.pick(kinds.filter((one) => this.#has(one)));
    switch (kind) {
      case "clock drifts":
        this.#driftPercent = random.below(200);
        this.mark("clock drifts");
        return `the clock drifts by ${this.#driftPercent} ms a step`;
      case "disk fails":
        return this.#plan(random, chooseCallFault(random, "fails"));
      case "kills at calls":
        return this.#plan(random, chooseCallFault(random, "dies"));
      case "disk full":
        return this.node.fill(random.chance(50) ? 0 : random.below(20_000));
      case "disk is slow":
        return this.node.hold(!this.node.isHeld);
      case "kills":
        return this.node.restart("it is killed");
      case "power lost":
        return this.node.restart("power is lost", (disk) =>
          disk.losePower((bound) => random.below(bound)),
        );
      case "files damaged":
        return this.#damage(random, (disk) => damage(disk, random));
      case "files old":
        return this.node.restart("files are old", (disk) => {
          disk.losePower((bound) => random.below(bound));
          const { kind, what } = this.#oldFiles.putBack(disk, random);
          this.mark(`files old: ${kind}`);
          this.tell(`  ${what}`);
        });
      case "disks wiped":
        return this.node.wipe();
      case "files misplaced": {
        const others = await this.#others();
        return this.#damage(random, (disk) => misplace(disk, random, others));
      }
      case "long pauses":
        return this.node.pause(random);
      case "zombies":
        return this.node.takeOver();
      default:
        return "luck";
    }
  }

  #plan(random: SeededRandom, fault: PlannedFault): string {
    return random.chance(40) ? this.node.planStart(fault) : this.node.plan(fault);
  }

  async #damage(
    random: SeededRandom,
    harm: (disk: SimulatedDisk) => Damage | undefined,
  ): Promise<string> {
    return this.node.restart("files are damaged", (disk): Damage | undefined => {
      disk.losePower((bound) => random.below(bound));
      const done = harm(disk);
      if (done === undefined) return undefined;
      this.mark(`damage: ${done.kind}`);
      this.tell(`  ${done.what}`);
      return done;
    });
  }

  #has(kind: FaultKind): boolean {
    return this.#faults.has(kind);
  }
}

/** What happens by itself, and not to a message. */
const MISFORTUNES: readonly FaultKind[] = [
  "clock drifts",
  "disk fails",
  "disk full",
  "disk is slow",
  "files damaged",
  "files old",
  "kills",
  "kills at calls",
  "power lost",
  "zombies",
];

/** As these, drawn apart from them, so that the others come as often as ever. */
const LATER_MISFORTUNES: readonly FaultKind[] = ["disks wiped", "files misplaced", "long pauses"];
