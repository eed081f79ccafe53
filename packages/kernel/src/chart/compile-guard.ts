import { assert } from "../invariant.ts";
import type { CelEnvironment } from "../cel/cel.ts";
import { celTypeOfSchema } from "../cel/cel-type.ts";
import { DYN } from "../cel/type-union.ts";
import type { Guard } from "./compiled-chart.ts";
import type { ExpressionCompiler } from "./expressions.ts";
import type { NativeRegistry } from "./native-guard.ts";
import type { NormalChart } from "./normal-chart.ts";

/** Compiles guards by name, each in the environment of its use: what `inputs` are depends on the event. */
export class GuardCompiler {
  readonly #normal: NormalChart;
  readonly #natives: NativeRegistry;
  readonly #expressions: ExpressionCompiler;
  readonly #guards = new Map<CelEnvironment, Map<string, Guard>>();

  constructor(normal: NormalChart, natives: NativeRegistry, expressions: ExpressionCompiler) {
    this.#normal = normal;
    this.#natives = natives;
    this.#expressions = expressions;
  }

  guards(names: readonly string[], environment: CelEnvironment): readonly Guard[] {
    return names.map((name) => this.#guard(name, environment));
  }

  /** Compiles what nothing used, so that its problems are told too. */
  compileUnused(environment: CelEnvironment): void {
    const used = new Set([...this.#guards.values()].flatMap((guards) => [...guards.keys()]));
    this.guards(
      Object.keys(this.#normal.guards).filter((name) => !used.has(name)),
      environment,
    );
  }

  #guard(name: string, environment: CelEnvironment): Guard {
    const guards = this.#guards.get(environment) ?? new Map<string, Guard>();
    this.#guards.set(environment, guards);
    const known = guards.get(name);
    if (known !== undefined) return known;
    const guard = this.#compile(name, environment);
    guards.set(name, guard);
    return guard;
  }

  #compile(name: string, environment: CelEnvironment): Guard {
    const normal = this.#normal.guards[name];
    assert(normal !== undefined, "guards of a normal chart are declared in it");
    if ("native" in normal) return this.#native(name, normal, environment);
    const use = (key: string) => ({ part: normal, key: [key], what: `${key} of guard ${name}` });
    const { when, reason, okReason } = normal;
    return {
      kind: "cel",
      name,
      when: this.#expressions.condition(when, environment, use("when")),
      reason: this.#expressions.reason(reason, environment, use("reason")),
      okReason:
        okReason === null ? null : this.#expressions.reason(okReason, environment, use("okReason")),
    };
  }

  #native(
    name: string,
    normal: { readonly native: string; readonly with: { readonly [argument: string]: string } },
    environment: CelEnvironment,
  ): Guard {
    const native = this.#natives.exact(normal.native, this.#normal.natives[normal.native] ?? 0);
    assert(
      native !== undefined,
      `native ${normal.native} is registered in the version of the chart`,
    );
    const properties = native.arguments.properties ?? {};
    const values = Object.entries(normal.with).map(([argument, source]) => {
      const schema = properties[argument];
      const expected = schema === undefined ? DYN : celTypeOfSchema(schema);
      const what = `the argument ${argument} of guard ${name}`;
      const use = { part: normal, key: ["with", argument], what, expected };
      return [argument, this.#expressions.typed(source, environment, use)] as const;
    });
    return { kind: "native", name, native, with: values };
  }
}
