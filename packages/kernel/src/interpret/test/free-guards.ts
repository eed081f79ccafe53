import type { Action, Candidate, StateNode } from "../../chart/compiled-chart.ts";
import type { Macrostep, StepHost } from "../step-host.ts";

/** Stops a chart that raises or loops for ever; both interpreters stop at the same call. */
export class TooLong extends Error {
  override readonly name = "TooLong";
}

const CALLS_MAX = 2_000;

/**
 * A host whose guards are free: each answer depends on the candidate and on how often it was asked, so it is the same
 * for two interpreters exactly as long as they ask the same. Writes down every call and what is active at that moment.
 */
export class FreeGuards implements StepHost {
  readonly calls: string[] = [];
  readonly failed = false;
  readonly #truth: readonly boolean[];
  readonly #states: readonly StateNode[];
  readonly #asked = new Map<number, number>();
  #macrostep: Macrostep | undefined;

  constructor(states: readonly StateNode[], truth: readonly boolean[]) {
    this.#states = states;
    this.#truth = truth;
  }

  begin(macrostep: Macrostep): void {
    this.#macrostep = macrostep;
  }

  beginMicrostep(): void {}

  holds(candidate: Candidate): boolean {
    const asked = this.#asked.get(candidate.index) ?? 0;
    this.#asked.set(candidate.index, asked + 1);
    const place = candidate.index * 7 + asked * 13;
    const held = candidate.guards.length === 0 || this.#truth[place % this.#truth.length] === true;
    this.#note(`ask ${candidate.index} ${held}`);
    return held;
  }

  exit(state: StateNode): void {
    this.#note(`exit ${state.path}`);
    this.#run(state.exit);
  }

  act(candidate: Candidate, domain: StateNode): void {
    this.#note(`act ${candidate.index} in ${domain.path}`);
    this.#run(candidate.actions);
  }

  enter(state: StateNode): void {
    this.#note(`enter ${state.path}`);
    this.#run(state.entry);
  }

  raised(event: string, taken: boolean): void {
    this.#note(`raised ${event} ${taken}`);
  }

  #run(actions: readonly Action[]): void {
    for (const action of actions) if (action.kind === "raise") this.#macrostep?.raise(action.event);
  }

  #note(call: string): void {
    if (this.calls.length >= CALLS_MAX) throw new TooLong();
    const active = this.#states.filter((state) => this.#macrostep?.isActive(state.index) === true);
    this.calls.push(`${call} | ${active.map((state) => state.path).join(" ")}`);
  }
}
