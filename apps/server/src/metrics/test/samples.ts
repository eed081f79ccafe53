/** Samples of Prometheus' text format by series, e.g. `swoosh_refusal_total{code="malformed"}`. */
export function samplesOf(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const space = line.lastIndexOf(" ");
    samples.set(line.slice(0, space), Number(line.slice(space + 1)));
  }
  return samples;
}

/** Series of one metric of the table: buckets, sum and count of a histogram are all its. */
export function seriesOf(
  samples: ReadonlyMap<string, number>,
  metric: string,
): ReadonlyMap<string, number> {
  const names = new Set([metric, `${metric}_bucket`, `${metric}_sum`, `${metric}_count`]);
  return new Map([...samples].filter(([series]) => names.has(series.split("{")[0] ?? "")));
}
