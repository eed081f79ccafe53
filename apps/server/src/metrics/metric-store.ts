import { Counter, Gauge, Histogram, Registry } from "@prometheus-io/client";
import { BoundedLabels } from "./bounded-labels.ts";
import { METRICS, type MetricName, type MetricRow } from "./metric-table.ts";

type Labels = Readonly<Record<string, string>>;

/** The metrics of the table, each of its kind, in a registry of their own: several servers may live in one process. */
export class MetricStore {
  readonly #registry = new Registry();
  readonly #counters = new Map<string, Counter<string>>();
  readonly #gauges = new Map<string, Gauge<string>>();
  readonly #histograms = new Map<string, Histogram<string>>();
  readonly #totals = new Map<MetricName, number>();
  readonly #bounds = new Map<string, BoundedLabels>();

  constructor() {
    for (const row of METRICS) this.#declare(row);
  }

  /** Media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  add(name: MetricName, labels: Labels = {}, amount = 1): void {
    mustHave(this.#counters, name).inc(this.#bounded(name, labels), amount);
  }

  /** Brings a counter to a total that somebody else keeps; totals never fall. */
  raiseTo(name: MetricName, total: number): void {
    const before = this.#totals.get(name) ?? 0;
    if (total <= before) return;
    this.add(name, {}, total - before);
    this.#totals.set(name, total);
  }

  set(name: MetricName, value: number, labels: Labels = {}): void {
    mustHave(this.#gauges, name).set(this.#bounded(name, labels), value);
  }

  observe(name: MetricName, value: number, labels: Labels = {}): void {
    mustHave(this.#histograms, name).observe(this.#bounded(name, labels), value);
  }

  #declare({ buckets = [], help, kind, labels = [], name }: MetricRow): void {
    const about = { name, help, labelNames: [...labels], registers: [this.#registry] };
    if (labels.length > 0) this.#bounds.set(name, new BoundedLabels());
    switch (kind) {
      case "counter":
        this.#counters.set(name, new Counter(about));
        return;
      case "gauge":
        this.#gauges.set(name, new Gauge(about));
        return;
      default:
        this.#histograms.set(name, new Histogram({ ...about, buckets: [...buckets] }));
    }
  }

  #bounded(name: MetricName, labels: Labels): Labels {
    const bound = this.#bounds.get(name);
    if (bound === undefined) return labels;
    const kept: Record<string, string> = {};
    for (const [label, value] of Object.entries(labels)) kept[label] = bound.valueOf(value);
    return kept;
  }
}

function mustHave<Metric>(metrics: ReadonlyMap<string, Metric>, name: MetricName): Metric {
  const metric = metrics.get(name);
  if (metric === undefined) throw new Error(`${name} is no metric of this kind`);
  return metric;
}
