import type { Hasher } from "../hash.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { withHash, type OtherCharts } from "./compile-chart.ts";
import type { CompiledChart } from "./compiled-chart.ts";
import { loadChart } from "./load-chart.ts";
import type { NativeRegistry } from "./native-guard.ts";
import type { Positions } from "../yaml/positions.ts";
import type { ChartProblem, NormalChart } from "./normal-chart.ts";

export interface LoadTextOptions {
  readonly hasher: Hasher;
  readonly natives: NativeRegistry;
  /** Charts that are installed: reads of them are typed. */
  readonly otherCharts?: OtherCharts;
}

export interface LoadedText {
  /** Both are there exactly when no problem is an error. */
  readonly chart?: CompiledChart;
  readonly normal?: NormalChart;
  /** Errors and notes, in the order of the file. */
  readonly problems: readonly ChartProblem[];
  /** Where everything stands in the text; for what is found later. Absent where the text is no YAML. */
  readonly positions?: Positions;
}

/** From the text of a YAML file to a chart that is ready to run, or to everything that is wrong with it. */
export function loadChartText(text: string, options: LoadTextOptions): LoadedText {
  const parsed = parseYaml(text);
  if (parsed.value === undefined) {
    const problems = parsed.problems.map((problem): ChartProblem => ({
      severity: "error",
      code: "yaml",
      ...problem,
    }));
    return { problems };
  }
  const { positions } = parsed;
  const { normal, unhashed, problems } = loadChart(parsed.value, { ...options, positions });
  if (normal === undefined || unhashed === undefined) return { problems, positions };
  return { chart: withHash(options.hasher, unhashed), normal, problems, positions };
}
