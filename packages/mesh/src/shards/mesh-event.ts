import type { EndCause } from "./ledger.ts";

/** What happens to shards, in the order in which it happens; enough to know where every copy is. */
export type MeshEvent =
  | {
      readonly type: "inject";
      readonly shard: number;
      readonly cell: number;
      readonly to: number;
      readonly payload: string;
      readonly ttlTicks: number;
    }
  | { readonly type: "reject"; readonly cell: number; readonly reason: "window" | "dead" }
  | {
      readonly type: "hop";
      readonly shard: number;
      readonly from: number;
      readonly to: number;
      readonly reason: HopReason;
      /** Of this copy, this one included: with the cell it says which copy of a shard it is. */
      readonly hops: number;
    }
  | {
      readonly type: "deliver";
      readonly shard: number;
      readonly cell: number;
      readonly hops: number;
    }
  /** A copy came again and was let go. */
  | { readonly type: "duplicate"; readonly shard: number; readonly cell: number }
  /** A copy is gone with its cell, or by age, or for want of a way, or since another one goes on. */
  | {
      readonly type: "lost";
      readonly shard: number;
      readonly cell: number;
      readonly cause: LostCause;
    }
  /** A neighbour sends its own copy, since the cell that it was handed to has died. */
  | {
      readonly type: "recover";
      readonly shard: number;
      readonly cell: number;
      /** That the copy had made when it came here. */
      readonly hops: number;
    }
  /** The last copy is gone: the shard has ended undelivered. */
  | { readonly type: "end"; readonly shard: number; readonly cause: EndCause }
  | { readonly type: "kill"; readonly cell: number }
  | { readonly type: "heal"; readonly cell: number };

/** Why one copy is gone. `doubled` ends no shard. */
export type LostCause = EndCause | "doubled";

/** Why a shard went where it went. */
export type HopReason = "target" | "beside" | "greedy" | "back";

/** `to` of a shard that seeks by likeness alone. */
export const NO_CELL = -1;
