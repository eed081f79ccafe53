import type { Document } from "@swoosh/kernel";
import { typedContext } from "./typed-context.ts";

const STATES = [
  "NEW",
  "REQUESTED",
  "QUEUED",
  "ALLOCATED",
  "ACTIVE",
  "RELEASING",
  "RELEASED",
  "FAILED",
] as const;
export type SessionState = (typeof STATES)[number];

/** A session as `charts/session.yaml` holds it. */
export interface Session {
  readonly id: string;
  readonly agent: string;
  /** Beat at which it was allocated; 0 where nobody beats. */
  readonly beat: number;
  /** What came of it, or empty. */
  readonly evidence: string;
  readonly fence: number;
  /** Id of the project that it works for. */
  readonly holder: string;
  /** Key of its agent. */
  readonly key: string;
  readonly pool: string;
  readonly state: SessionState;
  readonly task: string;
}

interface SessionContext {
  readonly agent: string;
  readonly beat: number;
  readonly evidence: string;
  readonly fence: number;
  readonly holder: string;
  readonly key: string;
  readonly pool: string;
  readonly task: string;
}

export function readSession(document: Document): Session {
  const context = typedContext<SessionContext>(document);
  const [leaf] = document.configuration;
  return {
    id: document.meta.instance.slice("session/".length),
    agent: context.agent,
    beat: context.beat,
    evidence: context.evidence,
    fence: context.fence,
    holder: context.holder,
    key: context.key,
    pool: context.pool,
    state: STATES.find((state) => state === leaf) ?? "NEW",
    task: context.task,
  };
}

/** It holds an agent, or is about to. */
export function isLive({ state }: Session): boolean {
  return state !== "RELEASED" && state !== "FAILED";
}

/** An agent is lent to it. */
export function holdsAgent({ state }: Session): boolean {
  return state === "ALLOCATED" || state === "ACTIVE" || state === "RELEASING";
}
