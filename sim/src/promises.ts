import type { Findings } from "./history/finding.ts";

/**
 * What left the node: published records and effects that were handed out. K5 says that it was durable by then, and
 * durability that it stays: so each of it must stand in the log that is found in the end, wherever it was cut meanwhile.
 */
export class Promises {
  readonly #findings: Findings;
  readonly #published = new Map<number, string>();
  readonly #dispatched = new Map<string, number>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  published(index: number, text: string, size: number): void {
    const before = this.#published.get(index);
    this.#findings.expect(
      index < size,
      "durability",
      () => `K5: record ${index} left while ${size} were durable`,
    );
    this.#findings.expect(
      before === undefined || before === text,
      "durability",
      () => `K5: two records ${index} left, one after the other`,
    );
    this.#published.set(index, text);
  }

  /** `size`: records that were durable then. */
  dispatched(effectId: string, size: number): void {
    this.#dispatched.set(effectId, size);
  }

  /** `opened`: index of the record that opened each effect. */
  settle(log: readonly string[], opened: ReadonlyMap<string, number>): void {
    for (const [index, text] of this.#published)
      this.#findings.expect(
        log[index] === text,
        "durability",
        () => `record ${index} left the node, and is not in the log`,
      );
    for (const [id, size] of this.#dispatched) {
      const index = opened.get(id);
      this.#findings.expect(
        index !== undefined && index < size,
        "durability",
        () =>
          `K5: effect ${id} was handed out with ${size} records; it is of record ${index ?? "none"}`,
      );
    }
  }
}
