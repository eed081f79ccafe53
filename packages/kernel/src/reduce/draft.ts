import type { CompiledChart } from "../chart/compiled-chart.ts";
import { ABSENT_HASH } from "../hash.ts";
import type { ValueHash } from "../hash.ts";
import type { Configuration, HistoryValue } from "../interpret/step-host.ts";
import { assert } from "../invariant.ts";
import { NO_ITEMS, NO_MEMBERS } from "../json/no-items.ts";
import type { JsonObject } from "../json/json.ts";
import { compareUtf16 } from "../json/text.ts";
import type { Outcome, Raised } from "../log/record.ts";
import type { Document, Due, Effect, Head, Timer } from "./document.ts";
import type { ChartRuntime, Kernel } from "./kernel.ts";

/** A join that an action asked for, not yet carried out. */
export interface JoinRequest {
  readonly instance: string;
  readonly transition: string;
  readonly inputs: JsonObject;
  /** `chart.Transition` that asks, as `joinedBy` names it. */
  readonly joiner: string;
  /** 1 for a join of the proposal's own instance. */
  readonly depth: number;
}

/** Everything of a draft that a discarded timer step puts back. */
interface DraftState {
  readonly configuration: Configuration | null;
  readonly context: JsonObject;
  readonly history: HistoryValue;
  readonly timers: readonly Timer[];
  readonly effects: readonly Effect[];
  readonly touched: readonly boolean[];
  readonly closed: readonly string[];
  readonly emitted: number;
  readonly outcomes: readonly Outcome[];
  readonly raised: readonly Raised[];
  readonly joins: readonly JoinRequest[];
  readonly ended: boolean;
}

/**
 * The working copy of one instance while a record is made. Owns what will become its next document and its share of the
 * record; knows nothing of hashes, clocks and other instances. Values inside are shared with the document before and
 * never changed in place.
 */
export class Draft {
  readonly instance: string;
  readonly chart: CompiledChart;
  readonly runtime: ChartRuntime;
  readonly head: Head | undefined;
  /** The instance's number of this record: 1 for the record that creates it. */
  readonly seq: number;
  /** null: the initial configuration was not entered yet. */
  configuration: Configuration | null;
  context: JsonObject;
  history: HistoryValue;
  timers: readonly Timer[];
  /** Open ones, those of this record included. */
  effects: readonly Effect[];
  /** By index of region: did something of it happen? */
  touched: boolean[];
  /** Ids of effects that were open before this record and are closed by it, in order. */
  closed: string[] = [];
  /** Effects asked for in this record, those included that it closed again. */
  emitted = 0;
  outcomes: Outcome[] = [];
  raised: Raised[] = [];
  joins: JoinRequest[] = [];
  ended = false;

  constructor(kernel: Kernel, chart: CompiledChart, source: DraftSource) {
    const { instance, head } = source;
    this.instance = instance;
    this.chart = chart;
    this.runtime = kernel.runtime(chart);
    this.head = head;
    this.touched = chart.regions.map(() => false);
    if (head === undefined) {
      this.seq = source.firstSeq ?? 1;
      this.configuration = null;
      this.context = this.runtime.facts.initialContext;
      this.history = NO_MEMBERS;
      this.timers = NO_ITEMS;
      this.effects = NO_ITEMS;
      return;
    }
    const { document } = head;
    const configuration = this.runtime.interpreter.configurationOf(document.configuration);
    assert(configuration !== undefined, `the chart knows the configuration of ${instance}`);
    assert(!document.meta.ended, `${instance} goes on`);
    this.seq = document.meta.seq + 1;
    this.configuration = configuration;
    this.context = document.context;
    this.history = document.history;
    this.timers = document.timers;
    this.effects = document.effects;
  }

  get pre(): ValueHash {
    return this.head?.hash ?? ABSENT_HASH;
  }

  /** Paths of active leaves. */
  get paths(): readonly string[] {
    assert(this.configuration !== null, `${this.instance} was entered`);
    return this.configuration.paths;
  }

  /** Effects of this record that are still open at its end. */
  get opened(): readonly Effect[] {
    if (this.emitted === 0) return [];
    return this.effects.filter((effect) => effect.fence === this.seq);
  }

  touch(region: number): void {
    if (region >= 0) this.touched[region] = true;
  }

  open(effect: Effect): void {
    this.emitted += 1;
    this.effects = [...this.effects, effect];
  }

  /** Closes the effects that match. One that this very record opened leaves no trace: it was never open to anybody. */
  close(matches: (effect: Effect) => boolean): void {
    if (!this.effects.some(matches)) return;
    for (const effect of this.effects) {
      if (matches(effect) && effect.fence !== this.seq) this.closed.push(effect.id);
    }
    this.effects = this.effects.filter((effect) => !matches(effect));
  }

  setTimer(timer: Timer): void {
    const others = this.timers.filter((other) => other.id !== timer.id);
    this.timers = [...others, timer].sort((one, other) => compareUtf16(one.id, other.id));
  }

  removeTimers(matches: (timer: Timer) => boolean): void {
    if (this.timers.some(matches)) this.timers = this.timers.filter((timer) => !matches(timer));
  }

  /** The root is done: nothing stays open (kernel design §2, End). */
  end(): void {
    this.close(() => true);
    this.timers = [];
    this.ended = true;
  }

  save(): DraftState {
    return {
      configuration: this.configuration,
      context: this.context,
      history: this.history,
      timers: this.timers,
      effects: this.effects,
      touched: [...this.touched],
      closed: [...this.closed],
      emitted: this.emitted,
      outcomes: [...this.outcomes],
      raised: [...this.raised],
      joins: [...this.joins],
      ended: this.ended,
    };
  }

  restore(saved: DraftState): void {
    this.configuration = saved.configuration;
    this.context = saved.context;
    this.history = saved.history;
    this.timers = saved.timers;
    this.effects = saved.effects;
    this.touched = [...saved.touched];
    this.closed = [...saved.closed];
    this.emitted = saved.emitted;
    this.outcomes = [...saved.outcomes];
    this.raised = [...saved.raised];
    this.joins = [...saved.joins];
    this.ended = saved.ended;
  }

  /** The next document, in canonical key order at every level. */
  toDocument(stamp: { readonly origin: string; readonly hlc: string }): Document {
    const { chart } = this;
    return {
      configuration: this.paths,
      context: this.context,
      effects: this.effects.length === 0 ? NO_ITEMS : this.effects,
      epoch: this.runtime.epochs.after(this.head?.document.epoch, this.touched),
      history: this.history,
      hlc_last: stamp.hlc,
      meta: {
        chart: chart.name,
        chart_hash: chart.hash,
        ended: this.ended,
        instance: this.instance,
        origin: stamp.origin,
        seq: this.seq,
        version: chart.version,
      },
      timers: this.timers.length === 0 ? NO_ITEMS : this.timers,
    };
  }
}

export interface DraftSource {
  readonly instance: string;
  /** undefined: the instance is created. */
  readonly head: Head | undefined;
  /** Number of the record that creates it; 1 unless given (`chart run` counts the initial configuration as 0). */
  readonly firstSeq?: number;
}

/** Is it due at this time and beat? Beats that nobody counts make nothing due. */
export function isDue(due: Due, at: number, beat: number | null): boolean {
  return "at" in due ? due.at <= at : beat !== null && due.beat <= beat;
}
