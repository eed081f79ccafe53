import type { Action, Candidate, StateNode } from "../../chart/compiled-chart.ts";
import type { Macrostep, StepHost, StepOrigin } from "../step-host.ts";

/** Writes every call down as text; raises what actions raise; fails where it is told to. */
export class LoggingHost implements StepHost {
  readonly calls: string[] = [];
  failed = false;
  macrostep: Macrostep | undefined;
  /** Guards that hold; candidates without guards always do. */
  readonly holding: ReadonlySet<string>;
  /** The call after which the host has failed. */
  readonly failsAt: string | undefined;
  /** Asked at each call, for tests of what is active when. */
  readonly watched: number | undefined;

  constructor(
    options: {
      readonly holding?: readonly string[];
      readonly failsAt?: string;
      readonly watched?: number;
    } = {},
  ) {
    this.holding = new Set(options.holding);
    this.failsAt = options.failsAt;
    this.watched = options.watched;
  }

  begin(macrostep: Macrostep): void {
    this.macrostep = macrostep;
    this.#note("begin");
  }

  beginMicrostep(origin: StepOrigin, event: string | null): void {
    this.#note(event === null ? origin : `${origin} ${event}`);
  }

  holds(candidate: Candidate): boolean {
    const held = candidate.guards.every(({ name }) => this.holding.has(name));
    this.#note(`ask ${candidate.index}`);
    return held;
  }

  exit(state: StateNode): void {
    this.#run(`exit ${state.path}`, state.exit);
  }

  act(candidate: Candidate, domain: StateNode): void {
    this.#run(`act ${candidate.index} in ${domain.path}`, candidate.actions);
  }

  enter(state: StateNode): void {
    this.#run(`enter ${state.path}`, state.entry);
  }

  raised(event: string, taken: boolean): void {
    this.#note(`raised ${event} ${taken ? "taken" : "ignored"}`);
  }

  #run(call: string, actions: readonly Action[]): void {
    this.#note(call);
    for (const action of actions) if (action.kind === "raise") this.macrostep?.raise(action.event);
    if (call === this.failsAt) this.failed = true;
  }

  #note(call: string): void {
    const { watched } = this;
    const active = watched === undefined ? "" : ` ${this.macrostep?.isActive(watched) === true}`;
    this.calls.push(`${call}${active}`);
  }
}
