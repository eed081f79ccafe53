/** Charts of the run, from the repository's root; the first is the one that genesis names. */
export const CHART_FILES: readonly string[] = [
  "charts/identity.yaml",
  "examples/order/example-chart.yaml",
  "tools/determinism/charts/depot.yaml",
  "tools/determinism/charts/porter.yaml",
  "tools/determinism/charts/beat.yaml",
];

/** Records of one whole run. */
export const RECORDS = 100_000;
/** The same on each change. */
export const RECORDS_SAMPLE = 20_000;
export const SEED = 20_261;
