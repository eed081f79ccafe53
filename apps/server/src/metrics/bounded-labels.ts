/** Values of one label at most: with all buckets of all metrics some thousands of series, which any Prometheus bears. */
export const LABEL_VALUES_MAX = 256;
/** What every value beyond the bound is counted as. */
export const OTHER = "other";

/** Keeps a label's values few: names come from charts, and charts can be installed without end. */
export class BoundedLabels {
  readonly #known = new Set<string>();

  valueOf(name: string): string {
    if (this.#known.has(name)) return name;
    if (this.#known.size >= LABEL_VALUES_MAX) return OTHER;
    this.#known.add(name);
    return name;
  }
}
