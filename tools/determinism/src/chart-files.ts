/** Charts of the run, from the repository's root; the first is the one that genesis names. */
export const CHART_FILES: readonly string[] = [
  "charts/identity.yaml",
  "examples/order/example-chart.yaml",
  "tools/determinism/charts/depot.yaml",
  "tools/determinism/charts/porter.yaml",
  "tools/determinism/charts/beat.yaml",
];

/** Records of one run, on each change. */
export const RECORDS = 100_000;
export const SEED = 20_261;
