import type { Json, JsonObject } from "../json/json.ts";
import type { Schema } from "../schema/schema.ts";

/** What an expression sees while it is evaluated. `isActive` answers `In(path)` for a state's index. */
export interface CelScope {
  readonly context: JsonObject;
  readonly inputs: JsonObject;
  readonly config: JsonObject;
  readonly reads: JsonObject;
  readonly at: number;
  readonly beat: number | null;
  readonly verdict: readonly boolean[];
  /** Key that signed the record's proposal, and the window that it names; null where there is none. */
  readonly signer: string | null;
  readonly window: string | null;
  /** The signer is a person (its identity's kind). */
  readonly human: boolean;
  /** What the instance is: `{chart_hash, id, instance, origin}`. */
  readonly self: JsonObject;
  isActive(state: number): boolean;
}

/** The only errors an expression can end in; a guard that errs is false with reason `error: <name>`. */
export type CelErrorName = "division_by_zero" | "no_such_key" | "overflow" | "type" | "cost";

/** Errors travel as values: a symbol can never be mistaken for JSON and costs no stack trace. */
export type CelResult = Json | symbol;

/** Static types. `optional` keys need `has()`; `dyn` is what nobody can know at load (then every key is optional). */
export type CelType =
  | { readonly kind: "dyn" | "bool" | "null" }
  | { readonly kind: "int"; readonly min: number; readonly max: number }
  | { readonly kind: "string"; readonly lengthMax: number }
  | { readonly kind: "list"; readonly item: CelType; readonly itemsMax: number }
  | { readonly kind: "record"; readonly fields: ReadonlyMap<string, CelField> }
  | {
      readonly kind: "map";
      readonly value: CelType;
      readonly entriesMax: number;
      /** Code points of a key; absent: `MAP_KEY_LENGTH_MAX`. */
      readonly keyLengthMax?: number;
      /** Most bytes of its canonical JSON: one document's, as far as schemas can say. */
      readonly bytesMax: number;
    }
  | { readonly kind: "union"; readonly members: readonly CelType[] };
export interface CelField {
  readonly type: CelType;
  readonly optional: boolean;
}

/** Everything that is known at load about the variables of one expression. */
export interface CelEnvironment {
  readonly context: CelType;
  readonly inputs: CelType;
  readonly config: CelType;
  readonly reads: CelType;
  /** The chart's parameters where they are known: `config.x` is then a constant, and so may a guard be. */
  readonly configValue?: JsonObject;
  /** Index of the state with this path (chart's name left out), for `In('…')`; undefined: no such state. */
  stateIndex(path: string): number | undefined;
  /** What to say of a path that no state has; begins with `; `, or is empty. */
  hintOfState?(path: string): string;
}

/** One checked expression, compiled to closures over safe integers. */
export interface CelProgram {
  readonly source: string;
  readonly type: CelType;
  /** Static upper bounds: evaluation steps, and bytes of the result. */
  readonly costMax: number;
  readonly bytesMax: number;
  /** Names under `reads.` that the expression mentions, sorted. */
  readonly reads: readonly string[];
  /** States asked for by `In(…)`. */
  readonly states: readonly number[];
  /** Variables it mentions (`context`, `inputs`, …), sorted. */
  readonly variables: readonly string[];
  /** A value without any variable but a known `config`, or undefined: lets the model check see constant guards. */
  readonly constant: Json | undefined;
  evaluate(scope: CelScope): CelResult;
  /** What it looks at in its scope (see `mentions.ts`). */
  mentions(): readonly string[];
  /** Its result where these things are unknown, or `UNKNOWN_RESULT` (see `known-result.ts`). */
  known(scope: CelScope, unknown: ReadonlySet<string>): CelResult;
}

/** `offset`: UTF-16 units into the expression's source. */
export interface CelProblem {
  readonly message: string;
  readonly offset: number;
}

export type CelCompilation =
  | { readonly ok: true; readonly program: CelProgram }
  | { readonly ok: false; readonly problems: readonly CelProblem[] };

/** `compileCel(source, environment)` of `compile-cel.ts`. */
export type CompileCel = (source: string, environment: CelEnvironment) => CelCompilation;

/** `celTypeOfSchema(schema)` of `cel-type.ts`. */
export type CelTypeOfSchema = (schema: Schema) => CelType;
