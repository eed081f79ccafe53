import { hex, type Hasher } from "@swoosh/kernel/values";
import type { Agent } from "./agent.ts";
import { SESSION_ID_LENGTH_MAX } from "./limits.ts";

/** Capability of agents that may do whatever is asked. */
const ANY = "any";

/** What a session asks of an agent. */
export interface Wanted {
  readonly pool: string;
  /** A capability that it must have; agents with `any` have every one. */
  readonly capability: string;
  /** Keys that come first, such as those of a council's members with the task's role. */
  readonly preferred: readonly string[];
  /** Only those may have it; an agent outside is never chosen. */
  readonly onlyPreferred: boolean;
}

/**
 * The agent that a session gets: connected, trusted, free, of the pool, able; preferred ones first, then the least used
 * (lowest fence), then by name. Undefined where none can be had now. A function of its arguments alone, so that two
 * controllers choose alike.
 */
export function chooseAgent(agents: readonly Agent[], wanted: Wanted): Agent | undefined {
  const able = agents.filter(
    (agent) =>
      agent.isConnected &&
      agent.isTrusted &&
      agent.isFree &&
      agent.pool === wanted.pool &&
      (wanted.preferred.includes(agent.key) ||
        (!wanted.onlyPreferred && isAble(agent, wanted.capability))),
  );
  return able.toSorted((one, other) => {
    const rank = rankOf(one, wanted) - rankOf(other, wanted);
    return rank || one.fence - other.fence || (one.id < other.id ? -1 : 1);
  })[0];
}

/** May the agent do what asks for this capability? */
export function isAble({ capabilities }: Agent, capability: string): boolean {
  return capabilities.includes(ANY) || capabilities.includes(capability);
}

/** The fence of the next lease: above all that the agent or the work has seen. */
export function fenceFor(agent: Agent, lastFence: number): number {
  return Math.max(agent.fence, lastFence) + 1;
}

/** The same holder, task and turn name the same session: who asks twice asks once. */
export function sessionIdOf(
  hasher: Hasher,
  work: { readonly holder: string; readonly task: string; readonly turn: number },
): string {
  const plain = `${work.holder}-${work.task.replaceAll(".", "_")}-${work.turn}`;
  const tag = hex(hasher.sha256(hasher.utf8(`${work.holder}/${work.task}/${work.turn}`))).slice(
    0,
    8,
  );
  const room = SESSION_ID_LENGTH_MAX - tag.length - 1;
  return `${plain.slice(0, room)}-${tag}`;
}

function rankOf({ key }: Agent, { preferred }: Wanted): number {
  return preferred.includes(key) ? 0 : 1;
}
