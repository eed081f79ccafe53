import type { Json } from "../json/json.ts";

/**
 * One thing in which two charts differ in meaning. `path` names it as a person would (`Flow.DRAFT on Order_Add`,
 * `context.items`), `before` and `after` are null where it is not there.
 */
export type ChartDifference = {
  readonly kind: DifferenceKind;
  readonly path: string;
  readonly before: Json;
  readonly after: Json;
  /** Whoever relied on the chart before may fail or see another outcome: a running instance, a caller, an executor, a reader. */
  readonly breaking: boolean;
  readonly why: string;
};

export type DifferenceKind =
  | "chart_renamed"
  | "state_added"
  | "state_removed"
  | "state_moved"
  | "state_changed"
  | "region_added"
  | "region_removed"
  | "region_order"
  | "transition_added"
  | "transition_removed"
  | "transition_changed"
  | "candidate_added"
  | "candidate_removed"
  | "candidate_changed"
  | "candidate_order"
  | "actions_changed"
  | "guard_added"
  | "guard_removed"
  | "guard_changed"
  | "guard_text"
  | "timer_added"
  | "timer_removed"
  | "timer_changed"
  | "effect_added"
  | "effect_removed"
  | "effect_changed"
  | "schema_changed"
  | "config_changed"
  | "initial_context_changed"
  | "read_changed"
  | "creates_changed"
  | "native_changed"
  | "projection_changed";
