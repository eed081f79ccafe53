import type { Experiment, Plot, Sample } from "./experiment.ts";
import { groupBy } from "./group-by.ts";
import { mean } from "./interval.ts";

/** One picture's data: for each arm the mean of the metric by group, groups as numbers in order. */
export interface Plotted {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly logarithmicX: boolean;
  readonly series: readonly {
    readonly arm: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

/** The points of an experiment's pictures, from its raw samples. */
export function plotPoints(experiment: Experiment, samples: readonly Sample[]): readonly Plotted[] {
  return (experiment.plots ?? []).map((plot) => ({
    title: plot.title,
    x: plot.x,
    y: plot.y,
    logarithmicX: plot.logarithmicX === true,
    series: plot.arms.map((arm) => ({ arm, points: pointsOf(plot, arm, samples) })),
  }));
}

function pointsOf(
  plot: Plot,
  arm: string,
  samples: readonly Sample[],
): readonly (readonly [number, number])[] {
  const own = samples.filter(
    (sample) => sample.arm === arm && Number.isFinite(Number(sample.group)) && sample.group !== "",
  );
  return [...groupBy(own, ({ group }) => group)]
    .map(
      ([group, kept]) =>
        [Number(group), mean(kept.map(({ values }) => values[plot.metric] ?? Number.NaN))] as const,
    )
    .filter(([, y]) => Number.isFinite(y))
    .sort(([left], [right]) => left - right);
}
