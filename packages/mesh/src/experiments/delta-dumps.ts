import type { Json } from "@swoosh/kernel/values";

/** `[tick, [counts, dead cells, shards], cells]`; a shard begins with its id. */
export type Dump = readonly [tick: number, state: State, cells: readonly number[]];
type State = readonly [counts: Json, dead: Json, shards: readonly Entry[]];
type Entry = readonly [id: number, ...rest: readonly Json[]];

/** `[tick, counts, dead cells or 0 where they are as before, shards that are new or changed, ids that went, cells that turned]`. */
export type DeltaDump = readonly [
  tick: number,
  counts: Json,
  dead: Json,
  changed: readonly Entry[],
  gone: readonly number[],
  turned: readonly number[],
];

/**
 * Each of `dumps`, in the order of their ticks, as its difference from the one before, the first from nothing: what one
 * would write without events.
 */
export function deltaDumps(dumps: readonly Dump[]): readonly DeltaDump[] {
  return dumps.map(([tick, [counts, dead, shards], cells], index) => {
    const before = dumps[index - 1];
    const known = new Map(before?.[1][2].map((entry) => [entry[0], JSON.stringify(entry)]));
    const ids = new Set(shards.map(([id]) => id));
    const isSameDead =
      before !== undefined && JSON.stringify(before[1][1]) === JSON.stringify(dead);
    return [
      tick,
      counts,
      isSameDead ? 0 : dead,
      shards.filter((entry) => known.get(entry[0]) !== JSON.stringify(entry)),
      [...known.keys()].filter((id) => !ids.has(id)),
      cells.flatMap((cell, at) => (cell === (before?.[2][at] ?? 0) ? [] : [at])),
    ];
  });
}

/** The dumps again from their `deltas`, of `cellCount` cells; the order of shards is that of their ids. */
export function undoDeltas(deltas: readonly DeltaDump[], cellCount: number): readonly Dump[] {
  const shards = new Map<number, Entry>();
  let dead: Json = [];
  let cells: readonly number[] = Array.from({ length: cellCount }, () => 0);
  return deltas.map(([tick, counts, newDead, changed, gone, turned]): Dump => {
    if (newDead !== 0) dead = newDead;
    for (const id of gone) shards.delete(id);
    for (const entry of changed) shards.set(entry[0], entry);
    const next = [...cells];
    for (const at of turned) next[at] = 1 - (next[at] ?? 0);
    cells = next;
    const inOrder = [...shards.values()].sort((left, right) => left[0] - right[0]);
    return [tick, [counts, dead, inOrder], cells];
  });
}
