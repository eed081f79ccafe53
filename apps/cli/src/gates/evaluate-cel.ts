import type { JsonObject } from "@swoosh/kernel/values";
import { kernel } from "../kernel.ts";

/** What an expression in `when` may speak of. Metrics are millionths: `metrics.queue_depth > 5000000`. */
export interface CelFacts {
  readonly phase: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Failures so far, by criterion. */
  readonly failures: Readonly<Record<string, number>>;
}

export type CelAnswer =
  | { readonly value: boolean }
  | { readonly value: undefined; readonly problem: string };

/**
 * Decides a CEL expression the way the kernel decides guards: as the guard of a chart that is made for it, so the language, its
 * bounds and its errors are the kernel's own. `phase`, `metrics` and `failures` stand for the facts.
 */
export function evaluateCel(expression: string, facts: CelFacts): CelAnswer {
  const source = expression.replaceAll(/\b(phase|metrics|failures)\b(?!\s*\()/g, "context.$1");
  const chart = JSON.stringify({
    chart: "expression",
    version: 1,
    context: {
      type: "object",
      required: ["phase", "metrics", "failures"],
      properties: {
        phase: { type: "integer" },
        metrics: integersOf(facts.metrics),
        failures: integersOf(facts.failures),
      },
    },
    initialContext: {
      phase: facts.phase,
      metrics: { ...facts.metrics },
      failures: { ...facts.failures },
    },
    initial: "A",
    states: { A: { on: { Decide: {} } } },
    transitions: { Decide: { by: ["client"], guards: ["holds"] } },
    guards: { holds: { when: source, reason: "it does not hold" } },
  } satisfies JsonObject);
  const loaded = kernel.loadChartText(chart);
  if (loaded.chart === undefined)
    return {
      value: undefined,
      problem: loaded.problems.map(({ message }) => message.replaceAll("context.", "")).join("; "),
    };
  const line = kernel.createChartRun(loaded.chart).line('{"transition":"Decide"}', 1) ?? "{}";
  const answer: { readonly accepted?: boolean; readonly reasons?: readonly string[] } =
    JSON.parse(line);
  const error = answer.reasons?.find((reason) => reason.startsWith("error:"));
  return error === undefined
    ? { value: answer.accepted === true }
    : { value: undefined, problem: error };
}

/** Exactly these keys, so that an expression can name one without asking whether it is there, and no other. */
function integersOf(values: Readonly<Record<string, number>>): JsonObject {
  const keys = Object.keys(values);
  return {
    type: "object",
    required: keys,
    properties: Object.fromEntries(keys.map((key) => [key, { type: "integer" }])),
    additionalProperties: false,
  };
}
