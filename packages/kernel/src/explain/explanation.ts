import type { ValueHash } from "../hash.ts";
import type { Effect, Timer } from "../reduce/document.ts";
import type { JsonObject } from "../json/json.ts";
import type { Schema } from "../schema/schema.ts";

/** What explaining looks at beside the state. */
export interface ExplainInput {
  readonly instance: string;
  /** Journal time that guards see, ms: the present, where nothing else is meant. */
  readonly at: number;
  /** Identities to look for who may propose; none where nobody asks. */
  readonly identities?: Iterable<KnownIdentity>;
}

export interface KnownIdentity {
  readonly name: string;
  readonly context: JsonObject;
}

/**
 * What an instance waits for, and what each transition of its chart would need now. Names are those of the wire
 * (transition API, `/explain`). Nothing here depends on anything but the state, the instance and `at`.
 */
export interface Explanation {
  readonly at: number;
  readonly beat: number | null;
  readonly chart: string;
  readonly chart_hash: ValueHash;
  /** Active leaves; of an instance that does not exist those that its creation enters, as far as that is known. */
  readonly configuration: readonly string[];
  readonly effects: readonly ExplainedEffect[];
  readonly ended: boolean;
  /** 64 zeros where the instance does not exist. */
  readonly hash: ValueHash;
  readonly instance: string;
  readonly timers: readonly ExplainedTimer[];
  readonly transitions: readonly ExplainedTransition[];
  /** Who owes what, and who may do what next, in sentences. */
  readonly waits_for: readonly string[];
}

/**
 * `open`: a proposal with fitting inputs by somebody of `by` would be accepted, as far as guards go. `depends`: that hangs
 * on what only a proposal brings. `closed`: it would be refused.
 */
export type Outlook = "open" | "depends" | "closed";

export interface ExplainedTransition {
  /** `role` or `role:human`; []: nobody may propose it. */
  readonly by: readonly string[];
  /** Some active state handles it. */
  readonly enabled: boolean;
  readonly guard_outcomes: readonly GuardOutlook[];
  /** What would make it pass, in sentences. */
  readonly helps: readonly string[];
  /** Schema of its inputs. */
  readonly inputs: Schema;
  /** Targets of the candidates that may be taken. */
  readonly leads_to: readonly string[];
  readonly outlook: Outlook;
  readonly transition: string;
  /** Names of identities that may propose it here, the first few. */
  readonly who: readonly string[];
}

/** A guard as far as it can be known without a proposal; `ok` null: it depends on what only a proposal brings. */
export interface GuardOutlook {
  readonly guard: string;
  readonly ok: boolean | null;
  readonly reasons: readonly string[];
}

export interface ExplainedEffect {
  readonly answer: readonly string[];
  readonly due: Effect["due"];
  readonly effect: string;
  readonly id: string;
  /** Raised by the deadline. */
  readonly on_deadline: string;
  readonly overdue: boolean;
  readonly owner: string;
}

export interface ExplainedTimer {
  readonly due: Timer["due"];
  readonly event: string;
  readonly id: string;
  readonly overdue: boolean;
  readonly state: string;
}
