import { criterionInstance, parseDecimal, type Ladder } from "@swoosh/gates";
import type { GatesStore } from "./gates-store.ts";

/** Metrics that an expression can speak of. */
const METRICS_MAX = 128;

/**
 * What the criteria of a ladder measured when they ran last, out of their evidence: by name, with what is no letter or digit as `_`, the highest
 * sample in millionths; the lowest is there as `<name>_min`. A metric that nobody measured is not there: an expression about it cannot be decided.
 */
export function metricsOf(
  store: Pick<GatesStore, "recorded" | "evidence">,
  ladder: Ladder | undefined,
): Readonly<Record<string, number>> {
  const metrics: Record<string, number> = {};
  let known = 0;
  for (const { id } of ladder?.levels.flatMap(({ criteria }) => criteria) ?? []) {
    const evidence = store.recorded(criterionInstance(ladder?.name ?? "", id))?.context["evidence"];
    if (typeof evidence !== "string" || !store.evidence.isSound(evidence)) continue;
    for (const { metric, samples } of measuredIn(store.evidence.read(evidence)?.toString() ?? "")) {
      const values = samples.flatMap((sample) => parseDecimal(sample) ?? []);
      if (values.length === 0 || known >= METRICS_MAX) continue;
      known += 1;
      const name = metric.replaceAll(/\W+/g, "_");
      metrics[name] = Math.max(...values);
      metrics[`${name}_min`] = Math.min(...values);
    }
  }
  return metrics;
}

interface Measured {
  readonly metric: string;
  readonly samples: readonly string[];
}

/** Evidence is our own writing, and its hash was looked at. */
function measuredIn(text: string): readonly Measured[] {
  const evidence: { readonly metrics?: readonly Measured[] } = JSON.parse(text);
  return evidence.metrics ?? [];
}
