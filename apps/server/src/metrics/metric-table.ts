/** How a metric is kept. A counter only grows, a gauge is what is now, a histogram has buckets, a sum and a count. */
export type MetricKind = "counter" | "gauge" | "histogram";

export interface MetricRow {
  readonly name: string;
  readonly kind: MetricKind;
  /** What it says, for whoever reads it on a graph; the text after `# HELP`. */
  readonly help: string;
  readonly labels?: readonly string[];
  /** Upper bounds, for histograms. */
  readonly buckets?: readonly number[];
}

const LATENCY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const SYNC_SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5];
const RECORDS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const RECORDS_AGO = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

/**
 * Every metric of the server, in the order of `/metrics`. `swoosh_retry` is a histogram so that its count has the name
 * that callers know, `swoosh_retry_count`: a counter of that name would be refused by `promtool check metrics`.
 */
export const METRICS = [
  {
    name: "swoosh_transition_total",
    kind: "counter",
    help: "Records made, by transition; those that the engine makes of itself begin with @",
    labels: ["transition"],
  },
  {
    name: "swoosh_guard_fail_total",
    kind: "counter",
    help: "Guards that said no to a proposal, every one of a proposal's",
    labels: ["guard"],
  },
  {
    name: "swoosh_state_advance_latency_seconds",
    kind: "histogram",
    help: "From the arrival of a proposal to its durable record, by region of the chart that moved",
    labels: ["region"],
    buckets: LATENCY_SECONDS,
  },
  {
    name: "swoosh_retry",
    kind: "histogram",
    help: "Deliveries of an operation that was recorded before, by how many records ago",
    labels: ["transition"],
    buckets: RECORDS_AGO,
  },
  {
    name: "swoosh_quarantine_total",
    kind: "counter",
    help: "Instances that entered a state named QUARANTINED",
  },
  {
    name: "swoosh_recovery_time_seconds",
    kind: "gauge",
    help: "How long the last opening of the data folder took, replay included",
  },
  {
    name: "swoosh_wal_lag_records",
    kind: "gauge",
    help: "Durable records behind the last snapshot: what the next start replays",
  },
  {
    name: "swoosh_log_records",
    kind: "gauge",
    help: "Durable records of the log",
  },
  {
    name: "swoosh_queue_depth",
    kind: "gauge",
    help: "Proposals and acts under way, by lane",
    labels: ["lane"],
  },
  {
    name: "swoosh_batch_records",
    kind: "histogram",
    help: "Records of one durable write",
    buckets: RECORDS,
  },
  {
    name: "swoosh_fsync_seconds",
    kind: "histogram",
    help: "Blocking syncs of the journal's files",
    buckets: SYNC_SECONDS,
  },
  {
    name: "swoosh_snapshot_total",
    kind: "counter",
    help: "Snapshots that were written, by result: stored or failed",
    labels: ["result"],
  },
  {
    name: "swoosh_snapshot_age_seconds",
    kind: "gauge",
    help: "Age of the last record in the last snapshot; without one, of the first record",
  },
  {
    name: "swoosh_refusal_total",
    kind: "counter",
    help: "Proposals that were refused, by code",
    labels: ["code"],
  },
  {
    name: "swoosh_memory_total",
    kind: "counter",
    help: "Questions to memories, by operation (remember, recall) and result: ok or the code of the refusal",
    labels: ["operation", "result"],
  },
  {
    name: "swoosh_condition",
    kind: "gauge",
    help: "1 for the condition that the engine is in, 0 for the others",
    labels: ["condition"],
  },
  {
    name: "swoosh_disk_free_bytes",
    kind: "gauge",
    help: "Room on the disk of the data folder",
  },
  {
    name: "swoosh_event_loop_busy_seconds_total",
    kind: "counter",
    help: "Time that the main thread was busy; its rate is the share of one core",
  },
  {
    name: "swoosh_build_info",
    kind: "gauge",
    help: "1; the labels say which versions run",
    labels: ["version", "node"],
  },
  {
    name: "process_cpu_seconds_total",
    kind: "counter",
    help: "CPU time of the process, all threads",
  },
  {
    name: "process_resident_memory_bytes",
    kind: "gauge",
    help: "Memory of the process",
  },
  {
    name: "process_start_time_seconds",
    kind: "gauge",
    help: "When the process began, seconds since 1970",
  },
] as const satisfies readonly MetricRow[];

export type MetricName = (typeof METRICS)[number]["name"];
