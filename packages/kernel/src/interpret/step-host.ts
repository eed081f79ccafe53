import type { Candidate, StateNode } from "../chart/compiled-chart.ts";

/**
 * What the interpreter asks its caller to do. The interpreter alone decides which transitions are taken and in which
 * order states are left and entered (SCXML 1.0, Appendix D); what that means for documents is the host's business.
 * Calls come in SCXML's order. One macrostep is
 *
 *     begin (beginMicrostep holds* raised? exit* act* enter*)*
 *
 * where `raised` comes only in a microstep of the internal queue, and nothing follows `holds` where nothing was enabled.
 */
export interface StepHost {
  /** Called once, before anything else: keep the handle to raise events and to answer `In(…)`. Valid until the macrostep returns. */
  begin(macrostep: Macrostep): void;
  /**
   * Begins a microstep: guards asked from here on see the configuration before it. `event` is the event that is looked at,
   * null where there is none (`initial`, `eventless`, `failure`). Not called where no candidate could be asked.
   */
  beginMicrostep(origin: StepOrigin, event: string | null): void;
  /** Do all guards of this candidate hold? Asked for every candidate that SCXML's selection may look at, also after one held, at most once a microstep. */
  holds(candidate: Candidate): boolean;
  /** Runs exit actions; the state is still active. */
  exit(state: StateNode): void;
  /** Runs the transition's own actions; `domain` is its SCXML domain (the source if targetless). */
  act(candidate: Candidate, domain: StateNode): void;
  /** Runs entry actions; the state is active already. The root is entered first, and never left. */
  enter(state: StateNode): void;
  /**
   * An event of the internal queue was taken out (before the actions of its microstep): was some transition taken for it?
   * When the root is done, what is still in the queue is reported with false.
   */
  raised(event: string, taken: boolean): void;
  /** True when an action failed (assign error, size): the macrostep stops at once and reports `failed`. Read after each exit, act and enter. */
  readonly failed: boolean;
}

/**
 * Why a microstep began: entering the initial configuration; the event that was handed in (a proposal's, a join's, a
 * timer's or a deadline's); an event of the internal queue (raised by an action, or `done.state.<path>`); no event at all
 * (`always`); or a region's `onFailure`. Eventless microsteps see the inputs of the event that was handed in, those of
 * the internal queue see `{}` (docs/decisions, inputs of internal events).
 */
export type StepOrigin = "initial" | "external" | "internal" | "eventless" | "failure";

/**
 * Active states of one instance. Shared and immutable. Equal configurations of one chart are mostly the same object (they
 * are interned), but a cache that was cleared may bring forth a second one: compare `paths`, not identity.
 */
export interface Configuration {
  /** Indexes of active leaves (atomic and final), in document order. */
  readonly leaves: readonly number[];
  /** Their paths, sorted by UTF-16 units: as in documents. Shared; never change it. */
  readonly paths: readonly string[];
  isActive(state: number): boolean;
  /** The root is in a final configuration. */
  readonly done: boolean;
}

/** History path → sorted paths of the states recorded for it (leaves for deep, children for shallow). Keys in UTF-16 order. */
export type HistoryValue = { readonly [path: string]: readonly string[] };

export type MacrostepResult =
  | {
      readonly kind: "done";
      readonly configuration: Configuration;
      readonly history: HistoryValue;
      /** False: no candidate of the event was enabled, and nothing was changed. */
      readonly taken: boolean;
      /** Where not taken: the first candidate that was looked at, if any (its guards failed). */
      readonly first: Candidate | null;
      readonly microsteps: number;
    }
  | { readonly kind: "failed"; readonly reason: "microsteps" | "host" };

/** One macrostep in progress. */
export interface Macrostep {
  /** True to this moment: a state that was left is inactive after its exit actions, one that is entered is active before its entry actions. */
  isActive(state: number): boolean;
  /** Puts an event at the end of the internal queue. */
  raise(event: string): void;
}
