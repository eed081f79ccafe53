import type { ValueHash } from "../hash.ts";
import type { JsonObject } from "../json/json.ts";
import type { Validator } from "../schema/schema.ts";
import type { CelProgram } from "../cel/cel.ts";
import type { NativeGuard } from "./native-guard.ts";
import type { NormalChart, NormalProjection } from "./normal-chart.ts";

/** A chart made ready to run: the normal form as tables, indexed by document order (0 is the root). */
export interface CompiledChart {
  readonly name: string;
  readonly version: number;
  readonly hash: ValueHash;
  readonly normal: NormalChart;
  readonly config: JsonObject;
  readonly initialContext: JsonObject;
  readonly validateContext: Validator;
  readonly states: readonly StateNode[];
  readonly stateByPath: ReadonlyMap<string, StateNode>;
  readonly regions: readonly Region[];
  readonly transitions: ReadonlyMap<string, TransitionDeclaration>;
  /** All candidates, by index. */
  readonly candidates: readonly Candidate[];
  /** By local id; emits and afters share their ids, each once in the chart. */
  readonly emits: ReadonlyMap<string, EmitAction>;
  readonly afters: ReadonlyMap<string, AfterDeclaration>;
  readonly reads: ReadonlyMap<string, ReadDeclaration>;
  readonly projections: ReadonlyMap<string, NormalProjection>;
}

export type StateKind = "atomic" | "compound" | "parallel" | "final" | "shallow" | "deep";

export interface StateNode {
  readonly index: number;
  readonly name: string;
  /** Dotted path without the chart's name; the root's is ``. */
  readonly path: string;
  readonly kind: StateKind;
  /** −1 for the root. */
  readonly parent: number;
  readonly depth: number;
  /** Real children (no histories), in document order. */
  readonly children: readonly number[];
  /** History pseudo-states directly below. */
  readonly histories: readonly number[];
  /** Index of the last state below: s is this or below exactly when index ≤ s ≤ last. */
  readonly last: number;
  /** Index into `regions` of the innermost listed region; −1: in none (a parallel root above its regions). */
  readonly region: number;
  /** compound: targets of entering it; histories: default targets. */
  readonly initial: readonly number[];
  readonly entry: readonly Action[];
  readonly exit: readonly Action[];
  /** By event; `onDone` is under `done.state.<path>`. */
  readonly on: ReadonlyMap<string, readonly Candidate[]>;
  readonly always: readonly Candidate[];
  readonly after: readonly AfterDeclaration[];
  readonly sticky: readonly string[] | null;
}

export interface Region {
  readonly index: number;
  /** As written in `regions` (a path, or a name that is unique), the path by default; `root` for the root. */
  readonly name: string;
  readonly state: number;
  /** Where a failed timer step goes; −1: nowhere. */
  readonly onFailure: number;
  /** `onFailure` as a transition of the region's state: internal, no guards, no actions, index −1; see `Interpreter.fail`. */
  readonly failure: Candidate | null;
}

export interface Candidate {
  /**
   * Position in document order over the whole chart: state by state, `always` before `on` (events by UTF-16 units)
   * before `onDone`. −1 for a region's `failure`.
   */
  readonly index: number;
  readonly source: number;
  /** null: eventless (`always`). */
  readonly event: string | null;
  /** [] = targetless. */
  readonly targets: readonly number[];
  readonly internal: boolean;
  readonly guards: readonly Guard[];
  readonly actions: readonly Action[];
}

export type Guard =
  | {
      readonly kind: "cel";
      readonly name: string;
      readonly when: CelProgram;
      readonly reason: ReasonTemplate;
      readonly okReason: ReasonTemplate | null;
    }
  | {
      readonly kind: "native";
      readonly name: string;
      readonly native: NativeGuard;
      readonly with: readonly (readonly [argument: string, value: CelProgram])[];
    };

/** Text with expressions: strings as they are, integers decimal, else canonical JSON; cut at 256 code points. */
export type ReasonTemplate = readonly (string | CelProgram)[];

export type Action = AssignAction | RaiseAction | EmitAction | CancelAction | JoinAction;
export interface AssignAction {
  readonly kind: "assign";
  readonly assignments: readonly { readonly path: readonly string[]; readonly value: CelProgram }[];
}
export interface RaiseAction {
  readonly kind: "raise";
  readonly event: string;
}
export interface EmitAction {
  readonly kind: "emit";
  readonly id: string;
  readonly effect: string;
  readonly owner: CelProgram;
  readonly with: CelProgram;
  readonly deadline: { readonly unit: "ms" | "beats"; readonly value: CelProgram };
  readonly onDeadline: string;
  readonly answer: readonly string[];
  readonly keep: boolean;
}
export interface CancelAction {
  readonly kind: "cancel";
  readonly id: string;
}
export interface JoinAction {
  readonly kind: "join";
  readonly instance: CelProgram;
  readonly transition: string;
  readonly inputs: CelProgram;
}

export interface AfterDeclaration {
  readonly id: string;
  readonly unit: "ms" | "beats";
  readonly value: CelProgram;
  readonly raise: string;
}

export interface ReadDeclaration {
  readonly name: string;
  /** Chart of every instance that the expression may give: its literal prefix. */
  readonly chart: string;
  /** Gives an instance name, or a list of them. It sees `config`, `context` and `inputs`, no reads. */
  readonly instance: CelProgram;
  readonly many: boolean;
}

export interface TransitionDeclaration {
  readonly name: string;
  readonly by: readonly { readonly role: string; readonly human: boolean }[];
  readonly joinedBy: readonly string[];
  readonly class: string | null;
  readonly validateInputs: Validator;
  readonly guards: readonly Guard[];
  readonly compensatedBy: string | null;
  /** May create an instance. */
  readonly creates: boolean;
  /** Local ids of emits that this transition answers; [] = no answer. */
  readonly answers: readonly string[];
  /**
   * Every read that this event can cause to be looked at: of its guards, its candidates, and of all that is
   * not bound to one event (entry, exit, always, done, raised, emits). Sorted by name.
   */
  readonly reads: readonly ReadDeclaration[];
}
