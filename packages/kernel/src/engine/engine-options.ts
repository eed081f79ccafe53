import type { LaneBounds } from "./lanes.ts";
import type { TurnBounds } from "./turn.ts";
import {
  BATCH_BYTES_MAX,
  BATCH_RECORDS_MAX,
  FULL_RETRY_MS,
  LANE_ENGINE_MAX,
  LANE_OPERATORS_MAX,
  LANE_PROPOSALS_MAX,
  RETRY_AFTER_MS,
} from "../limits.ts";
import type { NewJournal } from "./begin-journal.ts";

/** What a composition root may choose. Everything has a default that is fit for production. */
export interface EngineOptions {
  /** Needed where the journal is empty; not looked at where it is not. */
  readonly genesis?: NewJournal;
  /** Most proposals and acts under way, by lane. */
  readonly lanes?: Partial<LaneBounds>;
  readonly batch?: Partial<TurnBounds>;
  /** ms that a refused caller is told to wait at least; spread over as much again. */
  readonly retryAfterMs?: number;
  /** ms between two tries while the disk is full. */
  readonly fullRetryMs?: number;
}

export interface EngineBounds {
  readonly lanes: LaneBounds;
  readonly batch: TurnBounds;
  readonly retryAfterMs: number;
  readonly fullRetryMs: number;
}

export function engineBounds(options: EngineOptions): EngineBounds {
  return {
    lanes: {
      engine: options.lanes?.engine ?? LANE_ENGINE_MAX,
      operators: options.lanes?.operators ?? LANE_OPERATORS_MAX,
      proposals: options.lanes?.proposals ?? LANE_PROPOSALS_MAX,
    },
    batch: {
      recordsMax: options.batch?.recordsMax ?? BATCH_RECORDS_MAX,
      bytesMax: options.batch?.bytesMax ?? BATCH_BYTES_MAX,
    },
    retryAfterMs: options.retryAfterMs ?? RETRY_AFTER_MS,
    fullRetryMs: options.fullRetryMs ?? FULL_RETRY_MS,
  };
}
