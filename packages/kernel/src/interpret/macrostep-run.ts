import { assert } from "../invariant.ts";
import { MICROSTEPS_MAX } from "../limits.ts";
import { nodeAt } from "../chart/domain.ts";
import type { Candidate, StateNode } from "../chart/compiled-chart.ts";
import { NO_MEMBERS } from "../json/no-items.ts";
import { withRecords } from "./history-value.ts";
import { enabledBy, firstHeld, type Selection } from "./selection.ts";
import type { PlannedStep, StepCache } from "./step-cache.ts";
import type {
  Configuration,
  HistoryValue,
  Macrostep,
  MacrostepResult,
  StepHost,
} from "./step-host.ts";

/**
 * One macrostep of one instance: SCXML's `mainEventLoop` for one external event. Owns the internal queue and the
 * progress of the microstep under way; lives as long as the call that made it.
 *
 * I1 between microsteps `#configuration` is legal and `#step` is null.
 * I2 at most `MICROSTEPS_MAX` microsteps.
 * I3 nothing runs once the root is done or the host has failed.
 */
export class MacrostepRun implements Macrostep {
  readonly #cache: StepCache;
  readonly #host: StepHost;
  readonly #queue: string[] = [];
  #taken = 0;
  #microsteps = 0;
  #configuration: Configuration | null = null;
  #history: HistoryValue = NO_MEMBERS;
  #step: PlannedStep | null = null;
  #exited = 0;
  #entered = 0;

  constructor(cache: StepCache, host: StepHost) {
    this.#cache = cache;
    this.#host = host;
  }

  isActive(state: number): boolean {
    const step = this.#step;
    if (step === null) return this.#configuration?.isActive(state) === true;
    const among = (states: readonly StateNode[], count: number): boolean => {
      for (let place = 0; place < count; place += 1) {
        if (nodeAt(states, place).index === state) return true;
      }
      return false;
    };
    if (among(step.plan.enters, this.#entered)) return true;
    return this.#configuration?.isActive(state) === true && !among(step.plan.exits, this.#exited);
  }

  raise(event: string): void {
    this.#queue.push(event);
  }

  initial(): MacrostepResult {
    this.#host.begin(this);
    this.#host.beginMicrostep("initial", null);
    return this.#finish(this.#run(this.#cache.initial()));
  }

  external(configuration: Configuration, history: HistoryValue, event: string): MacrostepResult {
    this.#configuration = configuration;
    this.#history = history;
    this.#host.begin(this);
    const selection = this.#cache.selection(configuration, event);
    if (selection === null || selection.walks.length === 0) return this.#notTaken(null);
    this.#host.beginMicrostep("external", event);
    const step = this.#select(configuration, selection);
    if (step === null) return this.#notTaken(selection);
    return this.#finish(this.#run(step));
  }

  failure(
    configuration: Configuration,
    history: HistoryValue,
    failure: Candidate | null,
  ): MacrostepResult {
    this.#configuration = configuration;
    this.#history = history;
    this.#host.begin(this);
    if (failure === null || !configuration.isActive(failure.source)) return this.#notTaken(null);
    this.#host.beginMicrostep("failure", null);
    return this.#finish(this.#run(this.#cache.plan(configuration, history, [failure])));
  }

  /** Runs the first microstep, then eventless transitions and the internal queue until nothing is left to do. */
  #run(first: PlannedStep): "done" | "microsteps" | "host" {
    let step: PlannedStep | null = first;
    while (step !== null) {
      if (this.#microsteps === MICROSTEPS_MAX) return "microsteps";
      this.#microsteps += 1;
      if (!this.#microstep(step)) return "host";
      if (step.next.done) break;
      step = this.#nextStep(step.next);
    }
    return "done";
  }

  #nextStep(configuration: Configuration): PlannedStep | null {
    const eventless = this.#cache.eventless(configuration);
    if (eventless.walks.length > 0) {
      this.#host.beginMicrostep("eventless", null);
      const step = this.#select(configuration, eventless);
      if (step !== null) return step;
    }
    while (this.#taken < this.#queue.length) {
      const event = nodeAt(this.#queue, this.#taken);
      this.#taken += 1;
      const step = this.#internal(configuration, event);
      this.#host.raised(event, step !== null);
      if (step !== null) return step;
    }
    return null;
  }

  #internal(configuration: Configuration, event: string): PlannedStep | null {
    const selection = this.#cache.selection(configuration, event);
    if (selection === null || selection.walks.length === 0) return null;
    this.#host.beginMicrostep("internal", event);
    return this.#select(configuration, selection);
  }

  #select(configuration: Configuration, selection: Selection): PlannedStep | null {
    if (selection.single !== null) {
      const held = firstHeld(selection.single, this.#host);
      return held === null ? null : this.#cache.single(configuration, this.#history, held);
    }
    const enabled = enabledBy(selection, this.#host);
    const [one] = enabled;
    if (one === undefined) return null;
    if (enabled.length === 1) return this.#cache.single(configuration, this.#history, one);
    return this.#cache.several(configuration, this.#history, enabled);
  }

  /** False: the host failed. */
  #microstep(step: PlannedStep): boolean {
    const { plan } = step;
    const host = this.#host;
    this.#step = step;
    this.#exited = 0;
    this.#entered = 0;
    for (const state of plan.exits) {
      host.exit(state);
      if (host.failed) return false;
      this.#exited += 1;
    }
    for (let place = 0; place < plan.chosen.length; place += 1) {
      host.act(nodeAt(plan.chosen, place), nodeAt(plan.domains, place));
      if (host.failed) return false;
    }
    for (const state of plan.enters) {
      this.#entered += 1;
      host.enter(state);
      if (host.failed) return false;
      const events = nodeAt(plan.done, this.#entered - 1);
      for (const event of events) this.#queue.push(event);
    }
    this.#history = withRecords(this.#history, plan.records);
    this.#configuration = step.next;
    this.#step = null;
    return true;
  }

  #finish(end: "done" | "microsteps" | "host"): MacrostepResult {
    if (end !== "done") return { kind: "failed", reason: end };
    const configuration = this.#configuration;
    assert(
      configuration !== null && this.#step === null,
      "I1: a macrostep ends between microsteps",
    );
    for (; this.#taken < this.#queue.length; this.#taken += 1) {
      assert(configuration.done, "I3: only the end of the chart leaves events in the queue");
      this.#host.raised(nodeAt(this.#queue, this.#taken), false);
    }
    return {
      kind: "done",
      configuration,
      history: this.#history,
      taken: true,
      first: null,
      microsteps: this.#microsteps,
    };
  }

  #notTaken(selection: Selection | null): MacrostepResult {
    const configuration = this.#configuration;
    assert(configuration !== null, "an event comes to a configuration");
    return {
      kind: "done",
      configuration,
      history: this.#history,
      taken: false,
      first: selection?.levels[0]?.[0] ?? null,
      microsteps: 0,
    };
  }
}
