import {
  createEngine,
  type Answer,
  type Engine,
  type EngineOptions,
  type Journal,
  type Kernel,
  type Transport,
} from "@swoosh/kernel";
import type { ManualClock } from "@swoosh/kernel/testing";
import { openFileJournal } from "@swoosh/server/journal";
import type { Planting } from "../planting.ts";
import { GatedJournal, type DurableListener } from "./gated-journal.ts";
import { PausableClock } from "./pausable-clock.ts";
import { ProcessDisk } from "./process-disk.ts";
import type { Signing } from "./signing.ts";
import type { SimulatedDisk } from "@swoosh/server/journal-testing";

/** What every life of a node has in common. */
export interface LifeSetting {
  readonly disk: SimulatedDisk;
  readonly clock: ManualClock;
  readonly kernel: Kernel;
  readonly engine: EngineOptions;
  readonly segmentBytes: number;
  readonly planting: Planting;
  readonly signing: Signing;
}

/** Where the journal lies on the simulated disk. */
export const JOURNAL_FOLDER = "/journal";

/** One process at work, until it dies. What it says after its death is heard by nobody. */
export class Life {
  readonly number: number;
  readonly disk: ProcessDisk;
  /** Told of records when they are durable, or read. */
  onDurable: DurableListener = () => {};
  readonly #setting: LifeSetting;
  readonly #clock: PausableClock;
  /** Lives of this node that still run: for the lock. */
  readonly #living: ReadonlySet<number>;
  #journal: (Journal & { close(): Promise<void> }) | null = null;
  #gate: GatedJournal | null = null;
  #engine: Engine | null = null;

  constructor(setting: LifeSetting, number: number, living: ReadonlySet<number>) {
    const { clock, disk, planting } = setting;
    this.#setting = setting;
    this.number = number;
    this.#living = living;
    this.#clock = new PausableClock(clock);
    this.disk = new ProcessDisk(disk, planting.disk?.(disk) ?? disk);
  }

  get isDead(): boolean {
    return this.disk.isDead;
  }

  /** Undefined before it took up its work. */
  get engine(): Engine | undefined {
    return this.#engine ?? undefined;
  }

  /** Undefined before it was opened. */
  get journal(): Journal | undefined {
    return this.#journal ?? undefined;
  }

  get size(): number {
    return this.#journal?.size ?? 0;
  }

  /** Recovers and begins. Rejects with the journal's errors, and with anything at all where it is killed meanwhile. */
  async begin(transport: Transport): Promise<Engine> {
    const { engine, kernel, planting, segmentBytes, signing } = this.#setting;
    const journal = await openFileJournal({
      folder: JOURNAL_FOLDER,
      nodeId: signing.nodeId,
      segmentBytes,
      disk: this.disk,
      processes: {
        own: identityOf(this.number),
        isAlive: ({ pid }) => this.#living.has(pid),
      },
    });
    this.#journal = journal;
    this.#gate = new GatedJournal(planting.journal?.(journal) ?? journal, (from, texts) =>
      this.onDurable(from, texts),
    );
    const crypto = signing.crypto();
    const ports = {
      clock: this.#clock,
      journal: this.#gate,
      crypto: planting.crypto?.(crypto) ?? crypto,
      random: signing.random(this.number),
      transport: planting.transport?.(transport) ?? transport,
    };
    this.#engine = await createEngine(kernel, ports, engine);
    return this.#engine;
  }

  /** Appends wait from now on, or go on. */
  hold(isHeld: boolean): void {
    this.#gate?.hold(isHeld);
  }

  get isHeld(): boolean {
    return this.#gate?.isHeld ?? false;
  }

  /** Batches that wait to be appended. */
  get waiting(): number {
    return this.#gate?.waiting ?? 0;
  }

  /** Stops wherever it is, as under SIGSTOP: it writes nothing, and sees no time pass. */
  pause(): void {
    this.#clock.pause();
    this.disk.pause(true);
    this.#gate?.pause(true);
  }

  /** Goes on, and finds all of it late. */
  resume(): void {
    this.disk.pause(false);
    this.#gate?.pause(false);
    this.#clock.resume();
  }

  kill(): void {
    this.disk.isDead = true;
  }

  /** A clean stop: what is under way is answered, a snapshot is taken, the lock is given up. */
  async stop(): Promise<void> {
    await this.#engine?.stop();
    await this.#journal?.close();
  }

  propose(
    text: string,
    options: { readonly dryRun: boolean; readonly operator: boolean },
  ): Promise<Answer> {
    if (this.#engine === null) return new Promise(() => {});
    return this.#engine.propose(text, options);
  }
}

function identityOf(number: number) {
  return { pid: number, boot: "sim", space: "sim", start: String(number) };
}
