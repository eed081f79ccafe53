import type { MeshCell } from "./mesh-cell.ts";

/**
 * Why the cell `place` takes no shard now; undefined: it does. `windowShards`: as many that began there may be under way.
 * Forgets what must have ended by `tick`, if that makes room.
 */
export function injectionRefusal(
  place: MeshCell,
  windowShards: number,
  tick: number,
): "window" | "dead" | undefined {
  if (!place.alive) return "dead";
  if (place.outstanding.size < windowShards) return undefined;
  for (const [id, endTick] of place.outstanding) if (endTick < tick) place.outstanding.delete(id);
  return place.outstanding.size < windowShards ? undefined : "window";
}

/** The `reason` for a person, with the number of the `cell` and what to do. */
export function refusalText(cell: number, reason: "window" | "dead"): string {
  return reason === "dead"
    ? `cell ${cell} is dead; inject into a living one`
    : `cell ${cell} has as many shards under way as it may; wait until some are delivered`;
}
