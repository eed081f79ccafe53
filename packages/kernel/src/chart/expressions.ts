import { assert } from "../invariant.ts";
import type { Json } from "../json/json.ts";
import { CEL_ERRORS } from "../cel/cel-error.ts";
import { describeType } from "../cel/cel-type.ts";
import type { CelEnvironment, CelProblem, CelProgram, CelType } from "../cel/cel.ts";
import { compileCel } from "../cel/compile-cel.ts";
import { compileReason } from "../cel/reason-template.ts";
import { areComparable, BOOL, DYN, membersOf } from "../cel/type-union.ts";
import type { ReasonTemplate } from "./compiled-chart.ts";

/** Where an expression stands: `key` leads from the object of the normal form to the text. */
export interface ExpressionUse {
  readonly part: object;
  readonly key: readonly (string | number)[];
  readonly what: string;
}

/** What is wrong with an expression; `offset` null: with its use as a whole. */
export interface ExpressionProblem {
  readonly use: ExpressionUse;
  readonly code: "expression" | "expression_type" | "expression_value";
  readonly message: string;
  readonly offset: number | null;
  readonly source: string;
}

/** Why a value that an expression always gives cannot stand where it does, or null. */
export type RefuseConstant = (value: Json) => string | null;

export type ReportExpression = (problem: ExpressionProblem) => void;

/** Stands for an expression that did not compile, so that the others are still looked at. Never runs. */
const BROKEN: CelProgram = {
  source: "",
  type: DYN,
  costMax: 0,
  bytesMax: 0,
  reads: [],
  states: [],
  variables: [],
  constant: undefined,
  evaluate: () => CEL_ERRORS.type,
  mentions: () => [],
  known: () => CEL_ERRORS.type,
};

/** A read in the text of an expression, whether it compiles or not. */
export const MENTIONED = /\breads\.(\w+)/g;

/** Compiles the expressions of one chart; what is wrong goes to `report`. The same text in the same environment is compiled once. */
export class ExpressionCompiler {
  /** Reads that any of them names. */
  readonly reads = new Set<string>();
  readonly #report: ReportExpression;
  readonly #programs = new Map<CelEnvironment, Map<string, CelProgram>>();

  constructor(report: ReportExpression) {
    this.#report = report;
  }

  program(source: string, environment: CelEnvironment, use: ExpressionUse): CelProgram {
    const known = this.#programs.get(environment)?.get(source);
    if (known !== undefined) return known;
    const compiled = compileCel(source, environment);
    if (!compiled.ok) {
      this.#tell(compiled.problems, source, use);
      return BROKEN;
    }
    const programs = this.#programs.get(environment) ?? new Map<string, CelProgram>();
    this.#programs.set(environment, programs.set(source, compiled.program));
    for (const read of compiled.program.reads) this.reads.add(read);
    return compiled.program;
  }

  /** An expression whose every value must be able to fit `expected`. */
  typed(
    source: string,
    environment: CelEnvironment,
    use: ExpressionUse & { readonly expected: CelType; readonly refuse?: RefuseConstant },
  ): CelProgram {
    const program = this.program(source, environment, use);
    const fits = membersOf(program.type).every((member) => areComparable(member, use.expected));
    if (!fits) {
      const [found, wanted] = [describeType(program.type), describeType(use.expected)];
      const message = `${use.what} must give ${wanted}; "${source}" gives ${found}`;
      this.#report({ use, code: "expression_type", message, offset: null, source });
      return program;
    }
    const refused = program.constant === undefined ? null : use.refuse?.(program.constant);
    if (typeof refused === "string") {
      const message = `${use.what} can never do: ${refused}`;
      this.#report({ use, code: "expression_value", message, offset: null, source });
    }
    return program;
  }

  condition(source: string, environment: CelEnvironment, use: ExpressionUse): CelProgram {
    return this.typed(source, environment, { ...use, expected: BOOL });
  }

  reason(text: string, environment: CelEnvironment, use: ExpressionUse): ReasonTemplate {
    const compiled = compileReason(text, environment);
    if (!compiled.ok) {
      this.#tell(compiled.problems, text, use);
      return [text];
    }
    for (const part of compiled.template) {
      if (typeof part !== "string") for (const read of part.reads) this.reads.add(read);
    }
    return compiled.template;
  }

  #tell(problems: readonly CelProblem[], source: string, use: ExpressionUse): void {
    assert(problems.length > 0, "an expression that is refused has a problem");
    // A read that a broken expression mentions is not told a second time, as unused.
    for (const [, read] of source.matchAll(MENTIONED)) if (read !== undefined) this.reads.add(read);
    for (const { message, offset } of problems) {
      this.#report({ use, code: "expression", message: `${use.what}: ${message}`, offset, source });
    }
  }
}
