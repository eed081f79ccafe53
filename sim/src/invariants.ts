import {
  canonicalize,
  normalJson,
  type CompiledChart,
  type Document,
  type Kernel,
} from "@swoosh/kernel";
import { isActive } from "./chart-workload.ts";

/** What must hold of every state of a chart's instances, in CEL over `context`, `config`, `at` and `In('State')`. */
export interface Invariant {
  readonly chart: string;
  readonly source: string;
  /** undefined: it holds; else what came out instead. `before`: the document that the record changed, if there was one. */
  problem(document: Document, at: number, before?: Document): string | undefined;
}

const PROBE = "Sim_Invariant";
const GUARD = "sim_invariant";

/** Compiles an expression as a guard of the chart would be; gives what is wrong with it instead. */
export function compileInvariant(
  kernel: Kernel,
  chart: CompiledChart,
  source: string,
): Invariant | string {
  const { normal } = chart;
  const { root } = normal;
  const candidate = { target: null, internal: true, guards: [GUARD], actions: [] };
  const probe = {
    ...normal,
    root: { ...root, on: { ...root.on, [PROBE]: [candidate] } },
    transitions: {
      ...normal.transitions,
      [PROBE]: {
        by: [],
        joinedBy: [],
        class: null,
        inputs: { type: "object" as const },
        guards: [],
        compensatedBy: null,
      },
    },
    guards: {
      ...normal.guards,
      [GUARD]: { when: source, reason: "it does not hold", okReason: null },
    },
  };
  let compiled: ReturnType<Kernel["compileNormal"]>;
  try {
    compiled = kernel.compileNormal(canonicalize(normalJson(probe)), () => undefined);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!compiled.ok) return compiled.problem;
  const [guard] = compiled.chart.states[0]?.on.get(PROBE)?.[0]?.guards ?? [];
  if (guard?.kind !== "cel") return "it is no guard";
  const { states } = compiled.chart;
  return {
    chart: chart.name,
    source,
    problem: (document, at) => {
      const value = guard.when.evaluate({
        context: document.context,
        inputs: {},
        config: chart.config,
        reads: {},
        at,
        beat: null,
        verdict: [],
        signer: null,
        window: null,
        human: false,
        self: {},
        isActive: (state) => isActive(document.configuration, states[state]?.path ?? ""),
      });
      if (value === true) return undefined;
      return typeof value === "symbol" ? String(value.description) : canonicalize(value);
    },
  };
}
