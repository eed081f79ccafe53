import { parseDecimal, type Metric } from "@swoosh/gates";

/**
 * What a check measured: lines `{"metric":"glider.latency_ms","value":1.5}` in the file that `SWOOSH_METRICS` names. Values are
 * read to six places. Lines that are something else are counted, and spoil nothing.
 */
export function readMetrics(text: string): {
  readonly metrics: readonly Metric[];
  readonly unreadable: number;
} {
  const samples = new Map<string, number[]>();
  let unreadable = 0;
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const sample = readSample(line);
    if (sample === undefined) unreadable += 1;
    else samples.set(sample.metric, [...(samples.get(sample.metric) ?? []), sample.micro]);
  }
  return {
    metrics: [...samples].map(([metric, values]) => ({ metric, samples: values })),
    unreadable,
  };
}

function readSample(line: string): { readonly metric: string; readonly micro: number } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || !("metric" in value) || !("value" in value))
      return undefined;
    const { metric, value: number } = value;
    if (typeof metric !== "string" || typeof number !== "number" || !Number.isFinite(number))
      return undefined;
    const micro = parseDecimal(number.toFixed(6));
    return micro === undefined ? undefined : { metric, micro };
  } catch {
    return undefined;
  }
}
