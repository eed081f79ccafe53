import type { CompiledChart } from "../chart/compiled-chart.ts";
import { compareUtf16 } from "../json/text.ts";
import type { Document } from "./document.ts";

type Epoch = Document["epoch"];
type Region = Pick<CompiledChart["regions"][number], "index" | "name">;

/** What is common is met early, and what is not would only fill the memory twice. */
const KEPT_MAX = 1_024;

/** Makes the epochs of one chart's documents: equal ones are one value while few differ, for most instances are young. */
export class Epochs {
  /** In canonical order. */
  readonly #regions: readonly Region[];
  readonly #kept = new Map<string, Epoch>();

  constructor(regions: readonly Region[]) {
    this.#regions = regions.toSorted((one, other) => compareUtf16(one.name, other.name));
  }

  /** After a record in which something happened in the regions `touched`, by their index; undefined: it is the first one. */
  after(before: Epoch | undefined, touched: readonly boolean[]): Epoch {
    if (before !== undefined && !touched.includes(true)) return before;
    const numbers = this.#regions.map(
      ({ index, name }) => (before?.[name] ?? 0) + (touched[index] === true ? 1 : 0),
    );
    const key = numbers.join(",");
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const epoch = Object.fromEntries(this.#regions.map(({ name }, at) => [name, numbers[at] ?? 0]));
    if (this.#kept.size < KEPT_MAX) this.#kept.set(key, epoch);
    return epoch;
  }
}
