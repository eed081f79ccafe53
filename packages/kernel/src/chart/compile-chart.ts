import { assert } from "../invariant.ts";
import { hashOfCanonical, type Hasher, type ValueHash } from "../hash.ts";
import { canonicalize } from "../json/canonical.ts";
import { buildChart, type UnhashedChart } from "./build-chart.ts";
import type { CompiledChart } from "./compiled-chart.ts";
import { ExpressionCompiler } from "./expressions.ts";
import type { NativeRegistry } from "./native-guard.ts";
import type { NormalChart } from "./normal-chart.ts";
import { normalJson } from "./normal-json.ts";

/** Another chart as it is known at this moment, for the types of reads. */
export type OtherCharts = (name: string) => NormalChart | undefined;

export interface CompileOptions {
  readonly natives: NativeRegistry;
  /** The same as when the chart was loaded; none where it was loaded alone. */
  readonly otherCharts?: OtherCharts;
}

/** Natives that a chart needs and this build lacks, as `name version`; a chart may be compiled where there are none. */
export function missingNatives(normal: NormalChart, natives: NativeRegistry): readonly string[] {
  return Object.entries(normal.natives)
    .filter(([name, version]) => natives.exact(name, version) === undefined)
    .map(([name, version]) => `${name} ${version}`);
}

/** The tables of a chart that `loadChart` found no error in. Anything else is our own mistake and fails an assert. */
export function compileChart(
  hasher: Hasher,
  normal: NormalChart,
  options: CompileOptions,
): CompiledChart {
  const expressions = new ExpressionCompiler((problem) =>
    assert(false, `a loaded chart compiles: ${problem.message}`),
  );
  return withHash(hasher, buildChart(normal, expressions, options));
}

export function withHash(hasher: Hasher, chart: UnhashedChart): CompiledChart {
  return { ...chart, hash: chartHash(hasher, chart.normal) };
}

/** Value hash of the canonical JSON of the normal form. */
export function chartHash(hasher: Hasher, normal: NormalChart): ValueHash {
  return hashOfCanonical(hasher, canonicalize(normalJson(normal)));
}
