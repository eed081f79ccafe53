import type { CelEnvironment, CelType } from "../cel/cel.ts";
import { celTypeOfSchema } from "../cel/cel-type.ts";
import { ANY_INT, DYN } from "../cel/type-union.ts";
import type { Json } from "../json/json.ts";
import { countCodePoints } from "../json/text.ts";
import { LENGTH_MAX_DEFAULT, OWNER_LENGTH_MAX } from "../limits.ts";
import { isInstanceName } from "../reduce/instance-name.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { Schema, SchemaViolation } from "../schema/schema.ts";
import type { Action, AfterDeclaration, AssignAction, EmitAction } from "./compiled-chart.ts";
import type { ExpressionCompiler, RefuseConstant } from "./expressions.ts";
import type { NormalAction, NormalAfter, NormalChart, NormalEmit } from "./normal-chart.ts";

export const ANY_STRING: CelType = { kind: "string", lengthMax: LENGTH_MAX_DEFAULT };
const ANY_MAP: CelType = {
  kind: "map",
  value: DYN,
  entriesMax: Number.MAX_SAFE_INTEGER,
  bytesMax: Number.MAX_SAFE_INTEGER,
};

/** Compiles the actions of one chart. */
export class ActionCompiler {
  readonly #expressions: ExpressionCompiler;
  readonly #context: Schema;

  constructor(normal: NormalChart, expressions: ExpressionCompiler) {
    this.#expressions = expressions;
    this.#context = normal.context;
  }

  actions(normal: readonly NormalAction[], environment: CelEnvironment): readonly Action[] {
    return normal.map((action) => this.#action(action, environment));
  }

  after(normal: NormalAfter, environment: CelEnvironment): AfterDeclaration {
    const { id, raise } = normal;
    const unit = normal.ms === null ? "beats" : "ms";
    const source = normal.ms ?? normal.beats ?? "";
    const what = `${unit} of timer ${id}`;
    const use = { part: normal, key: [unit], what, expected: ANY_INT, refuse: refuseSpan };
    return { id, unit, value: this.#expressions.typed(source, environment, use), raise };
  }

  #action(action: NormalAction, environment: CelEnvironment): Action {
    if ("raise" in action) return { kind: "raise", event: action.raise };
    if ("cancel" in action) return { kind: "cancel", id: action.cancel };
    if ("assign" in action) return this.#assign(action, environment);
    if ("emit" in action) return this.#emit(action.emit, environment);
    const { instance, transition, inputs } = action.join;
    const use = (key: string, expected: CelType) => ({
      part: action,
      key: ["join", key],
      what: `${key} of a join`,
      expected,
    });
    return {
      kind: "join",
      instance: this.#expressions.typed(instance, environment, {
        ...use("instance", ANY_STRING),
        refuse: refuseInstance,
      }),
      transition,
      inputs: this.#expressions.typed(inputs, environment, use("inputs", ANY_MAP)),
    };
  }

  #assign(
    action: Extract<NormalAction, { readonly assign: unknown }>,
    environment: CelEnvironment,
  ): AssignAction {
    const assignments = action.assign.map(([path, source]) => {
      const parts = path.split(".");
      const target = schemaAt(this.#context, parts);
      const expected = target === undefined ? DYN : celTypeOfSchema(target);
      const refuse = (value: Json): string | null => {
        const [violation] = target === undefined ? [] : compileSchema(target)(value, "");
        return violation === undefined ? null : placed(violation);
      };
      const use = {
        part: action,
        key: ["assign", path],
        what: `context.${path}`,
        expected,
        refuse,
      };
      return { path: parts, value: this.#expressions.typed(source, environment, use) };
    });
    return { kind: "assign", assignments };
  }

  #emit(emit: NormalEmit, environment: CelEnvironment): EmitAction {
    const { id, effect, onDeadline, answer, keep } = emit;
    const use = (key: string, expected: CelType) => ({
      part: emit,
      key: [key],
      what: `${key} of emit ${id}`,
      expected,
    });
    const typed = (source: string, key: string, expected: CelType, refuse?: RefuseConstant) =>
      this.#expressions.typed(source, environment, {
        ...use(key, expected),
        ...(refuse === undefined ? {} : { refuse }),
      });
    const deadline =
      emit.deadlineMs === null
        ? {
            unit: "beats" as const,
            value: typed(emit.deadlineBeats ?? "", "deadlineBeats", ANY_INT, refuseSpan),
          }
        : { unit: "ms" as const, value: typed(emit.deadlineMs, "deadlineMs", ANY_INT, refuseSpan) };
    return {
      kind: "emit",
      id,
      effect,
      owner: typed(emit.owner, "owner", ANY_STRING, refuseOwner),
      with: typed(emit.with, "with", DYN),
      deadline,
      onDeadline,
      answer,
      keep,
    };
  }
}

function placed({ place, problem }: SchemaViolation): string {
  return place === "" ? problem : `${place}: ${problem}`;
}

function refuseSpan(value: Json): string | null {
  return typeof value === "number" && value < 0
    ? `${value} is before its beginning; at least 0`
    : null;
}

function refuseOwner(value: Json): string | null {
  const length = typeof value === "string" ? countCodePoints(value) : 0;
  if (length >= 1 && length <= OWNER_LENGTH_MAX) return null;
  return `the name of an identity has 1 to ${OWNER_LENGTH_MAX} characters, not ${length}`;
}

function refuseInstance(value: Json): string | null {
  if (typeof value === "string" && isInstanceName(value)) return null;
  return `${JSON.stringify(value)} is no instance; chart/id is expected, the id of letters, digits, _ and -`;
}

/** The schema of what stands at a path of the context; undefined: there can be nothing. */
export function schemaAt(schema: Schema, path: readonly string[]): Schema | undefined {
  const [name, ...rest] = path;
  if (name === undefined || schema.type === undefined) return schema;
  const properties = schema.properties ?? {};
  const below = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties;
  return below === undefined || below === false ? undefined : schemaAt(below, rest);
}
