import type { Json, JsonObject } from "../json/json.ts";
import type { Schema } from "../schema/schema.ts";

/**
 * The normal form of a chart: what the chart hash covers and what the log's folder keeps. Plain JSON.
 * Defaults are written out; everything whose order means something is an array in document order;
 * paths are absolute without the chart's name (`Flow.DRAFT`, the root is ``); expressions are CEL source text.
 */
export interface NormalChart {
  readonly chart: string;
  readonly version: number;
  readonly config: JsonObject;
  readonly context: Schema;
  readonly initialContext: JsonObject;
  readonly reads: { readonly [name: string]: string };
  /** null: any declared transition may create. */
  readonly creates: readonly string[] | null;
  readonly regions: readonly string[];
  readonly root: NormalState;
  readonly transitions: { readonly [name: string]: NormalTransition };
  readonly guards: { readonly [name: string]: NormalGuard };
  readonly natives: { readonly [name: string]: number };
  readonly projections: { readonly [name: string]: NormalProjection };
}

export interface NormalState {
  readonly type: "atomic" | "compound" | "parallel" | "final" | "history";
  /** compound: where entering it leads; else []. */
  readonly initial: readonly string[];
  /** history states only, else null. */
  readonly history: "shallow" | "deep" | null;
  /** history: default target; else []. */
  readonly target: readonly string[];
  readonly states: readonly (readonly [name: string, state: NormalState])[];
  readonly entry: readonly NormalAction[];
  readonly exit: readonly NormalAction[];
  readonly on: { readonly [event: string]: readonly NormalCandidate[] };
  readonly always: readonly NormalCandidate[];
  readonly onDone: readonly NormalCandidate[];
  readonly after: readonly NormalAfter[];
  readonly sticky: { readonly leaveBy: readonly string[] } | null;
  readonly onFailure: string | null;
}

export interface NormalCandidate {
  /** null: targetless. */
  readonly target: readonly string[] | null;
  readonly internal: boolean;
  readonly guards: readonly string[];
  readonly actions: readonly NormalAction[];
}

export type NormalAction =
  | { readonly assign: readonly (readonly [path: string, value: string])[] }
  | { readonly raise: string }
  | { readonly emit: NormalEmit }
  | { readonly cancel: string }
  | {
      readonly join: {
        readonly instance: string;
        readonly transition: string;
        readonly inputs: string;
      };
    };

export interface NormalEmit {
  readonly id: string;
  readonly effect: string;
  readonly owner: string;
  readonly with: string;
  /** Exactly one of the two is given; the other is null. */
  readonly deadlineMs: string | null;
  readonly deadlineBeats: string | null;
  readonly onDeadline: string;
  readonly answer: readonly string[];
  readonly keep: boolean;
}

export interface NormalAfter {
  readonly id: string;
  /** Exactly one of the two is given; the other is null. */
  readonly ms: string | null;
  readonly beats: string | null;
  readonly raise: string;
}

export interface NormalTransition {
  /** `role` or `role:human`; [] = nobody may propose it. */
  readonly by: readonly string[];
  readonly joinedBy: readonly string[];
  readonly class: string | null;
  readonly inputs: Schema;
  readonly guards: readonly string[];
  readonly compensatedBy: string | null;
}

export type NormalGuard =
  | { readonly when: string; readonly reason: string; readonly okReason: string | null }
  | { readonly native: string; readonly with: { readonly [argument: string]: string } };

export interface NormalProjection {
  readonly regions: readonly string[];
  /** null: the whole context. */
  readonly keys: readonly string[] | null;
}

/** Where in the file: 1-based; the path into the plain value, for messages and tools. */
export interface ChartProblem {
  readonly severity: "error" | "warning" | "note";
  /** Stable name of the rule, e.g. `unknown_guard`, `cross_region`, `deadlock`. */
  readonly code: string;
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly line: number | null;
  readonly column: number | null;
  /** For findings of the model check: events (with the guards assumed) that lead there. */
  readonly trace?: readonly string[];
}

export type { Json };
