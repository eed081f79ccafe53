import type { Json } from "@swoosh/kernel";
import type { AgentVersion, VersionRange } from "./version.ts";
import type { CloseCode } from "./close-codes.ts";

/**
 * Frames of version 2.0.0 (fleet design §3): one JSON object in one text frame, `type` says which. One connection for
 * each runner, many agents on it. The version is fixed by the welcome, so no frame carries it.
 */

/** An agent that is lent to a session; executors refuse a fence lower than one that they have seen. */
export interface Lease {
  readonly fence: number;
  readonly session: string;
}

export interface HeldLease extends Lease {
  readonly agent: string;
}

export interface OfferedAgent {
  readonly capabilities: readonly string[];
  readonly id: string;
  /** What the agent still works on: so a restarted controller adopts it. */
  readonly leases: readonly Lease[];
  readonly pool: string;
}

/** Controller → runner, as soon as the socket is open. Legacy runners ignore it. */
export interface ChallengeFrame {
  readonly type: "challenge";
  /** base64url of 32 random bytes, for this connection alone. */
  readonly challenge: string;
  readonly origin: string;
}

/** Runner → controller, the first frame. */
export interface HelloFrame {
  readonly type: "hello";
  readonly agents: readonly OfferedAgent[];
  /** One-time token of a runner that nobody knows yet. */
  readonly join?: string;
  readonly protocol: VersionRange;
  /** Name of the runner: that of its identity. */
  readonly runner: string;
  /** Over the DSSE encoding of `helloPayload`, with type `RUNNER_HELLO_TYPE`. */
  readonly signature: string;
  readonly signer: string;
}

/** Controller → runner: the answer to a hello. */
export interface WelcomeFrame {
  readonly type: "welcome";
  /** Leases that go on. */
  readonly adopt: readonly HeldLease[];
  /** Number of the connection: it grows, and of two connections of a runner the higher one counts. */
  readonly connection: number;
  /** Frames that the runner may send at first. */
  readonly credit: number;
  readonly heartbeat_ms: number;
  readonly protocol: AgentVersion;
  /** Leases that are over: to be stopped at once. */
  readonly release: readonly HeldLease[];
}

/** Controller → runner: no, and why; then the socket closes with 1008. */
export interface RejectFrame {
  readonly type: "reject";
  readonly code: CloseCode;
  readonly message: string;
  /** There only for those who have shown who they are. */
  readonly supported?: VersionRange;
}

/** Either way: a call, answered by exactly one `resp` of the same connection and id, unless the connection ends. */
export interface RequestFrame {
  readonly type: "req";
  readonly agent: string;
  readonly data: { readonly [name: string]: Json };
  /** ms from the sending on; after it the caller has given up. */
  readonly deadline_ms: number;
  readonly id: string;
  readonly op: string;
}

export interface ResponseFrame {
  readonly type: "resp";
  readonly data?: Json;
  readonly error?: CallError;
  readonly id: string;
  readonly ok: boolean;
}

export interface CallError {
  readonly code: string;
  readonly message: string;
}

/** Either way: the caller no longer waits. What was done stays done; the answer, if one still comes, is dropped. */
export interface CancelFrame {
  readonly type: "cancel";
  readonly id: string;
}

/** Either way: something happened; no answer. */
export interface EventFrame {
  readonly type: "event";
  readonly agent: string;
  readonly data: { readonly [name: string]: Json };
  readonly event: string;
}

/** Controller → runner: the agent serves this session from now on. Answered by `resp`. */
export interface LeaseFrame {
  readonly type: "lease";
  readonly agent: string;
  readonly data: { readonly [name: string]: Json };
  readonly fence: number;
  readonly id: string;
  readonly kind: string;
  readonly session: string;
}

/** Either way: the lease is over (controller: stop; runner: it has ended). Answered by `resp`. */
export interface ReleaseFrame {
  readonly type: "release";
  readonly agent: string;
  readonly fence: number;
  readonly id: string;
  readonly reason: string;
  readonly session: string;
}

/** Runner → controller: all its agents, where they changed after the hello. */
export interface RosterFrame {
  readonly type: "roster";
  readonly agents: readonly OfferedAgent[];
}

/** Either way, every `heartbeat_ms`; `ack` is the last `beat` of the other side, or 0. */
export interface HeartbeatFrame {
  readonly type: "heartbeat";
  readonly ack: number;
  readonly beat: number;
}

/** Either way: the other side may send so many frames more. Heartbeats, credits and `resp` cost none. */
export interface CreditFrame {
  readonly type: "credit";
  readonly frames: number;
}

/** Controller → runner: what was wrong. On a connection of version 2.x the closing follows; a legacy one stays. */
export interface ErrorFrame {
  readonly type: "error";
  readonly error: string;
}

export type RunnerFrame =
  | HelloFrame
  | RequestFrame
  | ResponseFrame
  | CancelFrame
  | EventFrame
  | ReleaseFrame
  | RosterFrame
  | HeartbeatFrame
  | CreditFrame;

export type ControllerFrame =
  | ChallengeFrame
  | WelcomeFrame
  | RejectFrame
  | RequestFrame
  | ResponseFrame
  | CancelFrame
  | EventFrame
  | LeaseFrame
  | ReleaseFrame
  | HeartbeatFrame
  | CreditFrame
  | ErrorFrame;

/** DSSE type of what a runner signs. */
export const RUNNER_HELLO_TYPE = "application/vnd.swoosh.runner.v1+json";

/** What a runner signs, as canonical JSON: who it is, to whom, on which connection. */
export function helloPayload(hello: {
  readonly challenge: string;
  readonly origin: string;
  readonly runner: string;
  readonly signer: string;
}): { readonly [name: string]: string } {
  const { challenge, origin, runner, signer } = hello;
  return { challenge, origin, runner, signer };
}
