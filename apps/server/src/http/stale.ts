import { notLeader, refused, type Reading } from "../read/reading.ts";
import type { Asked } from "./mount.ts";
import type { ReadDoors } from "./read-doors.ts";

type Refusal = Extract<Reading<never>, { ok: false }>;

/** What an answer that may be stale carries: the last record that is in it, and its age in whole seconds. */
export function staleHeaders(
  { node, source }: ReadDoors,
  { query }: Asked,
): Readonly<Record<string, string>> {
  const { leader } = node.role;
  if (leader === null && query.text("stale") !== "ok") return {};
  return { age: String(node.role.ageS()), "x-swoosh-index": String(source.size - 1) };
}

/**
 * Why a read cannot be linearizable now, or undefined. A follower has only what it has heard of so far; a fenced engine may
 * no longer be the only one that writes: what they have is told only to those who take it for old.
 */
export function unready(doors: ReadDoors, asked: Asked): Refusal | undefined {
  const { leader } = doors.node.role;
  if (leader !== null && asked.query.text("stale") !== "ok")
    return notLeader(leader, `this node follows ${leader}; \`stale=ok\` reads what it has so far`);
  return fenced(doors, asked);
}

/** Records never change, so a follower tells those that it has; a fenced engine does not know what the last one is. */
export function fenced({ node }: ReadDoors, { query }: Asked): Refusal | undefined {
  const { fence } = node.engine.status();
  if (fence === null || query.text("stale") === "ok") return undefined;
  return refused(
    "fenced",
    `the engine has stopped itself: ${fence.message}; \`stale=ok\` reads what was durable before`,
  );
}
