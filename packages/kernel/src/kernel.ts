import type { CompiledNormal, EngineKernel, OtherCharts } from "./engine/engine-kernel.ts";
import { compileChart, missingNatives } from "./chart/compile-chart.ts";
import type { CompiledChart } from "./chart/compiled-chart.ts";
import { loadChartText, type LoadedText } from "./chart/load-chart-text.ts";
import type { NativeGuard, NativeRegistry } from "./chart/native-guard.ts";
import { createNativeRegistry } from "./chart/native-registry.ts";
import type { NormalChart } from "./chart/normal-chart.ts";
import { explain } from "./explain/explain.ts";
import type { ExplainInput, Explanation } from "./explain/explanation.ts";
import { IdentityHistory } from "./explain/identity-history.ts";
import { type Hasher, valueHash, type ValueHash } from "./hash.ts";
import { InvariantViolation } from "./invariant.ts";
import type { Json } from "./json/json.ts";
import { answer } from "./reduce/answer.ts";
import { attestations } from "./reduce/attestations.ts";
import { createKernel as createReduceKernel } from "./reduce/kernel.ts";
import { kernelNatives } from "./reduce/kernel-natives.ts";
import { reduce } from "./reduce/reduce.ts";
import { replay } from "./reduce/replay.ts";
import type { State } from "./reduce/state.ts";
import { type ChartRun, createChartRun } from "./run/chart-run.ts";

/**
 * The kernel, bound to the two functions that plain ECMAScript lacks. Pure: same arguments, same bytes, on every
 * engine. `createEngine` drives it over ports.
 */
export interface Kernel extends EngineKernel {
  readonly natives: NativeRegistry;
  valueHash(value: Json): ValueHash;
  /** From the text of a YAML file to a chart that is ready to run, or to everything that is wrong with it. */
  loadChartText(text: string, others?: { readonly otherCharts?: OtherCharts }): LoadedText;
  /** Plays a chart in memory, unsigned, as a caller who has every role. */
  createChartRun(chart: CompiledChart): ChartRun;
  /** What an instance waits for, and what each transition would need now; undefined without its chart. */
  explain(state: State, input: ExplainInput): Explanation | undefined;
  /** Who held which key and roles at any index; charts are looked up by hash. */
  identityHistory(chartByHash: State["chartByHash"]): IdentityHistory;
}

export interface KernelOptions {
  /** Guards beside the kernel's own (`keyUnclaimed`, `keySigned`, `notLastOperator`). */
  readonly natives?: readonly NativeGuard[];
}

export function createKernel(hasher: Hasher, options: KernelOptions = {}): Kernel {
  const natives = createNativeRegistry([...kernelNatives(hasher), ...(options.natives ?? [])]);
  const reducer = createReduceKernel(hasher);
  return {
    hasher,
    natives,
    valueHash: (value) => valueHash(hasher, value),
    loadChartText: (text, others) => loadChartText(text, { hasher, natives, ...others }),
    createChartRun: (chart) => createChartRun(reducer, chart),
    compileNormal: (text, otherCharts) =>
      compileNormal(
        text,
        (normal) => compileChart(hasher, normal, { natives, otherCharts }),
        natives,
      ),
    reduce: (state, input) => reduce(reducer, state, input),
    attestations: (state, input) => attestations(reducer, state, input),
    replay: (world, text) => replay(reducer, world, text),
    explain: (state, input) => explain(reducer, state, input),
    identityHistory: (chartByHash) => new IdentityHistory(reducer, chartByHash),
    answer,
  };
}

function compileNormal(
  text: string,
  compile: (normal: NormalChart) => CompiledChart,
  natives: NativeRegistry,
): CompiledNormal {
  const normal = asNormalChart(text);
  const missing = missingNatives(normal, natives);
  if (missing.length > 0)
    return { ok: false, problem: `this build lacks the native guards ${missing.join(", ")}` };
  try {
    return { ok: true, chart: compile(normal) };
  } catch (error) {
    if (!(error instanceof InvariantViolation)) throw error;
    return { ok: false, problem: error.message };
  }
}

/** A text whose hash some record names was written by a kernel from a chart that it had compiled. */
function asNormalChart(text: string): NormalChart {
  const normal: NormalChart = JSON.parse(text);
  return normal;
}
