import {
  createEngine,
  type Answer,
  type Engine,
  type EngineOptions,
  type Kernel,
} from "@swoosh/kernel";
import {
  createTestCrypto,
  createTestSigner,
  ManualClock,
  MemoryDisk,
  type MemoryJournal,
  nodeHasher,
  RecordingTransport,
  SeededRandom,
  type Signer,
} from "@swoosh/kernel/testing";
import { checkSnapshots } from "./check-snapshots.ts";
import { Checker } from "./checker.ts";
import { chooseFaults, chooseKnobs, type Faults, type Knobs } from "./faults.ts";
import { type Message, messageOf, seenIn, wishOf } from "./proposals.ts";
import { settle } from "./settle.ts";
import type { SimCharts } from "./sim-charts.ts";
import { Story } from "./story.ts";

export interface SeedReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly story: readonly string[];
  /** Equal stories have equal roots. */
  readonly root: string;
  readonly records: number;
  readonly restarts: number;
  readonly simulatedMs: number;
  /** How often which kind of thing happened. */
  readonly marks: ReadonlyMap<string, number>;
}

/** One engine at work, until it dies. */
interface Life {
  readonly engine: Engine;
  readonly journal: MemoryJournal;
}

/** Bugs that may be planted, to see that they are found. */
export interface Planting {
  readonly kernel?: (kernel: Kernel) => Kernel;
  readonly journal?: (journal: MemoryJournal, disk: MemoryDisk) => void;
}

const START_MS = 1_767_225_600_000;
const CLIENTS = ["alice", "bob", "payments"] as const;

/** Runs one seed from an empty disk to a healed end. Everything that is left to chance comes from the seed. */
export async function runSeed(
  charts: SimCharts,
  seed: number,
  planting: Planting = {},
): Promise<SeedReport> {
  const simulation = new Simulation(charts, seed, planting);
  await simulation.run();
  return simulation.report();
}

/** Owns the world of one seed: disk, clock, network, clients, and the engine's lives one after the other. */
class Simulation {
  readonly #seed: number;
  readonly #charts: SimCharts;
  readonly #planting: Planting;
  readonly #kernel: Kernel;
  readonly #random: SeededRandom;
  readonly #faults: Faults;
  readonly #knobs: Knobs;
  readonly #disk = new MemoryDisk();
  readonly #clock = new ManualClock(START_MS);
  readonly #story = new Story();
  readonly #checker: Checker;
  readonly #operator = createTestSigner(nodeHasher, "operator");
  readonly #clients: readonly Signer[] = CLIENTS.map((name) => createTestSigner(nodeHasher, name));
  readonly #network: Message[] = [];
  readonly #sent: Message[] = [];
  readonly #marks = new Map<string, number>();
  #life: Life | null = null;
  #hasBegun = false;
  #restarts = 0;
  #simulatedMs = 0;

  constructor(charts: SimCharts, seed: number, planting: Planting) {
    this.#seed = seed;
    this.#charts = charts;
    this.#planting = planting;
    this.#kernel = planting.kernel?.(charts.kernel) ?? charts.kernel;
    this.#random = new SeededRandom(seed);
    this.#faults = chooseFaults(this.#random.fork("faults"));
    this.#knobs = chooseKnobs(this.#random.fork("knobs"));
    this.#checker = new Checker(charts.kernel, this.#disk, [charts.identity, ...charts.others]);
  }

  async run(): Promise<void> {
    this.#story.tell(
      `seed ${this.#seed} ${JSON.stringify(this.#knobs)} ${JSON.stringify(this.#faults)}`,
    );
    await this.#begin();
    for (let step = 0; step < this.#knobs.steps && this.#checker.violations.length === 0; step += 1)
      await this.#step(step);
    if (this.#checker.violations.length === 0) await this.#heal();
    const { violations } = this.#checker;
    if (violations.length === 0) {
      const others = { disk: this.#disk, kernel: this.#kernel, checker: this.#checker };
      this.#mark("snapshots checked", await checkSnapshots(others));
    }
    this.#story.tell(
      `end: ${this.#disk.durable} records, root ${this.#life?.engine.checkpoint().root ?? "none"}`,
    );
  }

  report(): SeedReport {
    return {
      seed: this.#seed,
      violations: this.#checker.violations,
      story: this.#story.lines,
      root: this.#story.root,
      records: this.#disk.durable,
      restarts: this.#restarts,
      simulatedMs: this.#simulatedMs,
      marks: this.#marks,
    };
  }

  /** Charts and identities, before anything goes wrong. */
  async #begin(): Promise<void> {
    const { engine } = await this.#open();
    for (const chart of this.#charts.others) await engine.act.installChart(chart);
    for (const [n, client] of this.#clients.entries()) {
      const roles = ["client", "provider"].map((role) => ({ role, scope: "*" }));
      const inputs = { key: client.key, kind: "human", roles };
      const wish = {
        instance: `identity/${CLIENTS[n] ?? ""}`,
        transition: "Identity_Register",
        inputs,
      };
      const message = this.#compose(wish, this.#operator, engine);
      const answer = await engine.propose(message.text);
      this.#checker.expect(answer.kind === "accepted", `the beginning: ${JSON.stringify(answer)}`);
    }
    this.#hasBegun = true;
    this.#after("begin");
  }

  async #open(): Promise<Life> {
    const journal = this.#disk.open();
    this.#planting.journal?.(journal, this.#disk);
    const transport = new RecordingTransport();
    transport.watch = (departure) => {
      if (departure.kind === "publish") this.#checker.departed(departure.index, departure.leaf);
    };
    const crypto = createTestCrypto({ hasher: nodeHasher });
    const random = this.#random.fork(`engine ${this.#restarts}`);
    const options: EngineOptions = {
      genesis: { name: "sim", operator: this.#operator.key, identityChart: this.#charts.identity },
      lanes: { proposals: this.#knobs.proposalsMax },
      batch: { recordsMax: this.#knobs.recordsMax },
    };
    const ports = { clock: this.#clock, journal, crypto, random, transport };
    const engine = await createEngine(this.#kernel, ports, options);
    void engine.fenced.then((fence) => {
      this.#story.tell(`fenced: ${fence.cause}: ${fence.message}`);
      const ours = fence.cause === "invariant" || fence.cause === "unexpected";
      this.#checker.expect(!ours, `the engine fenced itself: ${fence.message}`);
    });
    this.#life = { engine, journal };
    return this.#life;
  }

  async #step(step: number): Promise<void> {
    const what = await this.#act();
    await settle();
    this.#after(`${step} ${what}`);
    const { engine, journal } = this.#life ?? {};
    if (journal?.crashed === true || engine?.status().condition === "fenced")
      await this.#restart("it is dead");
  }

  #after(what: string): void {
    this.#checker.look();
    this.#story.tell(`${what}: ${this.#disk.durable} records`);
  }

  async #act(): Promise<string> {
    const random = this.#random;
    const dice = random.below(100);
    if (dice < 35) return this.#wish();
    if (dice < 65) return this.#deliverSome();
    if (dice < 75) return this.#passTime();
    if (dice < 80) return this.#snapshot();
    return this.#misfortune();
  }

  #wish(): string {
    const random = this.#random;
    const { engine } = this.#life ?? {};
    if (engine === undefined) return "nobody there";
    const wish = wishOf(random, {
      exists: (instance) => engine.state.head(instance) !== undefined,
      generation: "",
    });
    const signer = this.#signerOf(wish.transition);
    const message = this.#compose(wish, signer, engine);
    this.#network.push(message);
    if (this.#faults.duplicate && random.chance(40)) this.#network.push(message);
    // Also the same key for whatever it stands for by then: a client that re-reads and resubmits.
    const again = this.#faults.duplicate && random.chance(20) ? random.pick(this.#sent) : undefined;
    if (again !== undefined) this.#network.push(again);
    return `${message.number}: ${wish.transition} of ${wish.instance}`;
  }

  /** Mostly somebody who may. */
  #signerOf(transition: string): Signer {
    const random = this.#random;
    const payments = this.#clients.at(-1) ?? this.#operator;
    if (transition.startsWith("Payment_") && random.chance(80)) return payments;
    if (/^(Shelf|Identity|Order_Hold|Order_Release)/u.test(transition) && random.chance(80))
      return this.#operator;
    return random.chance(25) ? this.#operator : (random.pick(this.#clients) ?? payments);
  }

  #compose(wish: Parameters<typeof messageOf>[0], signer: Signer, engine: Engine): Message {
    const isSkewed = this.#faults.skewedClients && this.#hasBegun && this.#random.chance(15);
    const skewMs = isSkewed ? this.#random.below(240_000) - 150_000 : 0;
    const number = this.#sent.length;
    const message = messageOf(wish, {
      seen: seenIn(engine.state, wish.instance),
      signer,
      now: this.#clock.now() + skewMs,
      number,
      key: `sim:${this.#seed}:op:${number}`,
    });
    this.#sent.push(message);
    return message;
  }

  #deliverSome(): string {
    const random = this.#random;
    const numbers: number[] = [];
    for (let count = 1 + random.below(6); count > 0 && this.#network.length > 0; count -= 1) {
      const place = this.#faults.reorder ? random.below(this.#network.length) : 0;
      const [message] = this.#network.splice(place, 1);
      if (message === undefined) break;
      if (this.#faults.drop && random.chance(15)) continue;
      numbers.push(message.number);
      this.#deliver(message);
    }
    return `delivers ${numbers.join(" ")}`;
  }

  #deliver(message: Message): void {
    const { engine } = this.#life ?? {};
    if (engine === undefined) return;
    const size = this.#disk.durable;
    const dryRun = this.#random.chance(5);
    const operator = this.#random.chance(10);
    void engine.propose(message.text, { dryRun, operator }).then((answer) => {
      this.#hear(message, answer, size);
    });
  }

  #hear(message: Message, answer: Answer, size: number): void {
    this.#mark(
      answer.kind === "refused" ? answer.refused.code : answer.replayed ? "replayed" : answer.kind,
    );
    const verdict =
      answer.kind === "refused"
        ? answer.refused.code
        : `${answer.index}${answer.dryRun ? " dry" : ""}`;
    this.#story.tell(`  ${message.number} hears ${verdict}`);
    if (answer.kind === "accepted" && !answer.dryRun) this.#checker.answered(message, answer, size);
  }

  #passTime(): string {
    const random = this.#random;
    const jump = this.#faults.clockJumps && random.chance(20);
    const ms = jump
      ? random.below(7_200_000) - 3_600_000
      : random.below(random.chance(50) ? 100 : 60_000);
    this.#simulatedMs += Math.abs(ms);
    this.#clock.advance(ms);
    if (jump) this.#mark("clock jump");
    return `${ms} ms pass`;
  }

  #snapshot(): string {
    void this.#life?.engine.snapshot().then((result) => {
      this.#mark(`snapshot ${result.kind}`);
    });
    return "snapshot";
  }

  async #misfortune(): Promise<string> {
    const random = this.#random;
    switch (random.below(6)) {
      case 0: {
        const fault = random.pick(this.#faults.appends);
        if (fault === undefined) return "luck";
        this.#life?.journal.plan(fault);
        this.#mark(`append ${fault}`);
        return `the next append is ${fault}`;
      }
      case 1:
        this.#life?.journal.release();
        return "slow appends go on";
      case 2:
        if (!this.#faults.fullDisk) return "luck";
        this.#disk.full = !this.#disk.full && random.chance(50);
        this.#mark("disk full or not");
        return this.#disk.full ? "the disk is full" : "the disk has room";
      case 3:
        return this.#faults.crash ? this.#restart("crash") : "luck";
      case 4:
        return this.#faults.damagedSnapshots ? this.#damageSnapshot() : "luck";
      default:
        return this.#faults.zombies ? this.#zombie() : "luck";
    }
  }

  async #restart(why: string): Promise<string> {
    this.#life?.journal.crash();
    this.#life = null;
    this.#restarts += 1;
    this.#mark("restart");
    this.#story.tell(`restart: ${why}`);
    const wasFull = this.#disk.full;
    // Record 0 needs room; after it a full disk is the engine's to bear.
    if (this.#disk.durable === 0) this.#disk.full = false;
    const { engine } = await this.#open();
    this.#disk.full = wasFull;
    const { recovery } = engine.status();
    if (recovery.skipped.length > 0) this.#mark("snapshot skipped");
    return `recovers from ${recovery.snapshotIndex ?? "the log"} and ${recovery.replayed}`;
  }

  #damageSnapshot(): string {
    const kept = this.#disk.snapshots.at(-1);
    if (kept === undefined) return "no snapshot to damage";
    kept.manifest = kept.manifest.replace(/[0-9]/u, "x");
    this.#mark("snapshot damaged");
    return `the snapshot at ${kept.index} is damaged`;
  }

  /** A second engine takes over while the first still believes in itself: the first must find out (K8). */
  async #zombie(): Promise<string> {
    const old = this.#life;
    await this.#open();
    this.#restarts += 1;
    this.#mark("zombie");
    const message = this.#sent.at(-1);
    if (old === null || message === undefined) return "takes over from nobody";
    const size = this.#disk.durable;
    void old.engine.propose(message.text).then((answer) => {
      this.#hear(message, answer, size);
    });
    old.journal.release();
    return `takes over; the old one gets ${message.number}`;
  }

  /** Liveness: with everything healed the engine takes proposals again, and every client learns the truth. */
  async #heal(): Promise<void> {
    this.#disk.full = false;
    await this.#restart("healed");
    await settle();
    const { engine } = this.#life ?? {};
    if (engine === undefined) return;
    this.#clock.set(Math.max(this.#clock.now(), engine.status().at) + 10_000);
    await settle();
    const wish = {
      instance: `order/last${this.#seed}`,
      transition: "Order_Add",
      inputs: { item: "x" },
    };
    const now = this.#clock.now();
    const number = this.#sent.length;
    const key = `sim:${this.#seed}:last:${number}`;
    const seen = seenIn(engine.state, wish.instance);
    const last = messageOf(wish, { seen, signer: this.#operator, now, number, key });
    const size = this.#disk.durable;
    const answer = await engine.propose(last.text);
    this.#hear(last, answer, size);
    this.#checker.expect(answer.kind === "accepted", `liveness: ${JSON.stringify(answer)}`);
    this.#checker.look();
    for (const message of this.#sent) await this.#learn(engine, message);
    this.#after("healed");
    const { root } = engine.checkpoint();
    this.#checker.expect(
      engine.checkpoint().size === this.#disk.durable,
      `K4: the tree has root ${root}`,
    );
  }

  /** Whatever a client never heard of, the same key tells: recorded once, or free. */
  async #learn(engine: Engine, message: Message): Promise<void> {
    const index = this.#checker.indexOf(message.key);
    if (index === undefined) return;
    const answer = await engine.propose(message.text);
    this.#hear(message, answer, this.#disk.durable);
    const told = answer.kind === "accepted" && answer.replayed && answer.index === index;
    this.#checker.expect(
      told,
      `exactly once: ${message.number} is record ${index}, the answer ${JSON.stringify(answer)}`,
    );
  }

  #mark(name: string, count = 1): void {
    this.#marks.set(name, (this.#marks.get(name) ?? 0) + count);
  }
}
