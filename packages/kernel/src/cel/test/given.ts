import type { JsonObject } from "../../json/json.ts";
import type { Schema } from "../../schema/schema.ts";
import type { CelEnvironment, CelProblem, CelProgram, CelResult, CelScope } from "../cel.ts";
import { celErrorName, isCelError } from "../cel-error.ts";
import { EMPTY_RECORD, celTypeOfJson, celTypeOfSchema, readType, recordOf } from "../cel-type.ts";
import { compileCel } from "../compile-cel.ts";
import { NO_SCOPE } from "../compile-node.ts";

/** A chart's worth of surroundings for expressions under test; each part can be replaced. */
export interface Given {
  readonly context?: Schema;
  readonly inputs?: Schema;
  readonly config?: JsonObject;
  readonly reads?: { readonly [name: string]: Schema | undefined };
  readonly states?: readonly string[];
}

export function environmentOf(given: Given): CelEnvironment {
  const reads = Object.entries(given.reads ?? {}).map(([name, schema]) => [name, readType(schema)]);
  const configValue = given.config ?? {};
  return {
    context: given.context === undefined ? EMPTY_RECORD : celTypeOfSchema(given.context),
    inputs: given.inputs === undefined ? EMPTY_RECORD : celTypeOfSchema(given.inputs),
    config: celTypeOfJson(configValue),
    configValue,
    reads: recordOf(Object.fromEntries(reads)),
    stateIndex: (path) => {
      const index = (given.states ?? []).indexOf(path);
      return index === -1 ? undefined : index;
    },
  };
}

export function scopeOf(values: Partial<CelScope> = {}): CelScope {
  return { ...NO_SCOPE, ...values };
}

/** The program of a source that must compile. */
export function programOf(source: string, given: Given = {}): CelProgram {
  const compilation = compileCel(source, environmentOf(given));
  if (compilation.ok) return compilation.program;
  throw new Error(`${source}: ${JSON.stringify(compilation.problems)}`);
}

/** The problems of a source that must not compile. */
export function problemsOf(source: string, given: Given = {}): readonly CelProblem[] {
  const compilation = compileCel(source, environmentOf(given));
  return compilation.ok ? [] : compilation.problems;
}

/** The value, or the error as `error: <name>`. */
export function shown(result: CelResult): unknown {
  return isCelError(result) ? `error: ${celErrorName(result)}` : result;
}

export function evaluated(
  source: string,
  given: Given = {},
  values: Partial<CelScope> = {},
): unknown {
  return shown(programOf(source, given).evaluate(scopeOf(values)));
}
