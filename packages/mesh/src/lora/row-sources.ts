import { assert } from "@swoosh/kernel/values";
import type { Template } from "../patterns/templates.ts";
import { turnRows, type Adapter } from "./adapter.ts";
import { LEVEL_MAX } from "./limits.ts";
import type { RowSource } from "./lora-automaton.ts";
import { NEIGHBOURHOODS } from "./neighbourhood.ts";

/** A pattern that was seen: how it lies and in which phase it was at a tick. */
export interface Sighting {
  readonly template: Template;
  readonly tick: number;
}

/** The rows of one adapter, turned as the pattern lies and in step with it. */
export function adapterSource(adapter: Adapter, { template, tick: seenTick }: Sighting): RowSource {
  assert(adapter.className === template.className, "an adapter of the pattern that was seen");
  const rows = turnRows(adapter.rows, template.symmetry);
  const at = (tick: number): Int8Array => {
    const phase = tick - seenTick + template.phase;
    const row = rows[((phase % rows.length) + rows.length) % rows.length];
    assert(row !== undefined, "a row for each phase");
    return row;
  };
  return { rowAt: at };
}

/**
 * The `parts` that act at one place as one: their weighted sum, in thousandths; the weights need not add up to one. Entries
 * are cut off at `LEVEL_MAX`. What `rowAt` gives is overwritten by its next call.
 */
export function blendSource(
  parts: readonly { readonly source: RowSource; readonly perMille: number }[],
): RowSource {
  const sum = new Int8Array(NEIGHBOURHOODS);
  return {
    rowAt(tick) {
      const rows = parts.map(({ source, perMille }) => ({ row: source.rowAt(tick), perMille }));
      for (let bits = 0; bits < NEIGHBOURHOODS; bits += 1) {
        let level = 0;
        for (const { row, perMille } of rows) level += (row[bits] ?? 0) * perMille;
        const whole = Math.trunc(level / 1_000);
        sum[bits] = Math.max(-LEVEL_MAX, Math.min(LEVEL_MAX, whole));
      }
      return sum;
    },
  };
}
