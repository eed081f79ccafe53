import type { Attestation } from "../chart/native-guard.ts";
import type { EngineAct, Seen } from "../reduce/state.ts";
import type { Lane } from "./lanes.ts";
import type { KeyDigest } from "./key-digest.ts";
import type { SignedProposal } from "./parse-proposal.ts";
import type { Ticket } from "./underway.ts";

/** What waits for a turn. */
export type Pending = PendingProposal | PendingAct;

/** A proposal whose signature holds, with everything that had to be asked off the loop. */
export interface PendingProposal {
  readonly kind: "proposal";
  readonly lane: Lane;
  readonly dryRun: boolean;
  readonly signed: SignedProposal;
  /** Of its idempotency key. */
  readonly digest: KeyDigest;
  /** What was asked of the guards' attestations, and the answers. */
  readonly asked: readonly Attestation[];
  readonly verdict: readonly boolean[];
  /** The durable record that the idempotency key led to when it was looked up. */
  readonly prior: PriorRecord | null;
  /** Times that the state moved so that it had to be asked again. */
  readonly bounces: number;
  readonly ticket: Ticket;
}

export interface PriorRecord {
  readonly seen: Seen;
  readonly text: string;
}

/** A record that the engine was told to make. */
export interface PendingAct {
  readonly kind: "act";
  readonly lane: "engine";
  readonly act: EngineAct;
  readonly ticket: Ticket;
}
