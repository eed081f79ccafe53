import { refused, type Reading } from "../read/reading.ts";
import type { Asked } from "./mount.ts";
import type { ReadDoors } from "./read-doors.ts";

/** What an answer that may be stale carries: the last record that is in it, and its age in whole seconds. */
export function staleHeaders(
  { source }: ReadDoors,
  { query }: Asked,
): Readonly<Record<string, string>> {
  if (query.text("stale") !== "ok") return {};
  return { age: "0", "x-swoosh-index": String(source.size - 1) };
}

/**
 * Why a read cannot be linearizable now, or undefined. A fenced engine may no longer be the only one that writes: what it
 * has is told only to those who take it for old.
 */
export function unready(
  { node }: ReadDoors,
  { query }: Asked,
): Extract<Reading<never>, { ok: false }> | undefined {
  const { fence } = node.engine.status();
  if (fence === null || query.text("stale") === "ok") return undefined;
  return refused(
    "fenced",
    `the engine has stopped itself: ${fence.message}; \`stale=ok\` reads what was durable before`,
  );
}
