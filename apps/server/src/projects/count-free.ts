import { readSession, type Agent } from "@swoosh/fleet";
import type { Document } from "@swoosh/kernel";

/**
 * Agents of a pool that can be had: connected, trusted and lent to nobody, or lent to a holder of a reservation (they are
 * among what is reserved).
 */
export function countFree(given: {
  readonly pool: string;
  readonly agents: readonly Agent[];
  /** Of reservations: ids of projects. */
  readonly holders: ReadonlySet<string>;
  isConnected(agent: string): boolean;
  document(instance: string): Document | undefined;
}): number {
  const { agents, holders, pool } = given;
  return agents.filter((agent) => {
    if (agent.pool !== pool || !agent.isTrusted) return false;
    if (!given.isConnected(agent.id)) return false;
    if (agent.isFree) return true;
    const session = given.document(`session/${agent.session}`);
    return session !== undefined && holders.has(readSession(session).holder);
  }).length;
}
