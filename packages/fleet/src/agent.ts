import type { Document } from "@swoosh/kernel";
import { typedContext } from "./typed-context.ts";

/** An agent as `charts/agent.yaml` holds it. */
export interface Agent {
  /** Name of its identity. */
  readonly id: string;
  readonly capabilities: readonly string[];
  readonly connection: number;
  /** The highest fence that it was ever lent under; 0: never. */
  readonly fence: number;
  readonly isConnected: boolean;
  readonly isTrusted: boolean;
  /** Nobody has it, and it takes work. */
  readonly isFree: boolean;
  /** `hmmm:pubkey:…` */
  readonly key: string;
  readonly pool: string;
  /** Id of the session that it is lent to, or empty. */
  readonly session: string;
}

interface AgentContext {
  readonly capabilities: readonly string[];
  readonly connection: number;
  readonly fence: number;
  readonly key: string;
  readonly pool: string;
  readonly session: string;
}

export function readAgent(document: Document): Agent {
  const { capabilities, connection, fence, key, pool, session } =
    typedContext<AgentContext>(document);
  const { configuration } = document;
  return {
    id: document.meta.instance.slice("agent/".length),
    capabilities,
    connection,
    fence,
    isConnected: configuration.includes("Connection.CONNECTED"),
    isTrusted: configuration.includes("Trust.TRUSTED"),
    isFree: configuration.includes("Work.READY"),
    key,
    pool,
    session,
  };
}
