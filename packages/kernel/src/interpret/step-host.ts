import type { Candidate, StateNode } from "../chart/compiled-chart.ts";

/**
 * What the interpreter asks its caller to do. The interpreter alone decides which transitions are taken and in which
 * order states are left and entered (SCXML 1.0, Appendix D); what that means for documents is the host's business.
 * Calls come in SCXML's order: exits, transition contents, entries; `isActive` of the macrostep is true to that moment.
 */
export interface StepHost {
  /** Begins a microstep: guards asked from here on see the configuration before it. */
  beginMicrostep(): void;
  /** Do all guards of this candidate hold? Asked for every candidate that SCXML's selection may look at, also after one held. */
  holds(candidate: Candidate): boolean;
  /** Runs exit actions; the state is still active. */
  exit(state: StateNode): void;
  /** Runs the transition's own actions; `domain` is its SCXML domain (the source if targetless). */
  act(candidate: Candidate, domain: StateNode): void;
  /** Runs entry actions; the state is active already. */
  enter(state: StateNode): void;
  /** An event of the internal queue was taken out: was some transition taken for it? */
  raised(event: string, taken: boolean): void;
  /** True when an action failed (assign error, size): the macrostep stops at once and reports `failed`. */
  readonly failed: boolean;
}

/** Active states of one instance. Interned: equal configurations of one chart are the same object. */
export interface Configuration {
  /** Indexes of active leaves (atomic and final), in document order. */
  readonly leaves: readonly number[];
  /** Their paths, sorted by UTF-16 units: as in documents. Shared; never change it. */
  readonly paths: readonly string[];
  isActive(state: number): boolean;
  /** The root is in a final configuration. */
  readonly done: boolean;
}

/** History path → sorted names of the states recorded for it (leaf paths for deep, child paths for shallow). */
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

/** One macrostep in progress: the host raises events into it. */
export interface Macrostep {
  isActive(state: number): boolean;
  raise(event: string): void;
}
