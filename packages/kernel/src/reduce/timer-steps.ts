import { assert } from "../invariant.ts";
import type { JsonObject } from "../json/json.ts";
import { compareUtf16, cutCodePoints } from "../json/text.ts";
import { REASON_LENGTH_MAX } from "../limits.ts";
import type { Due } from "./document.ts";
import { isDue } from "./draft.ts";
import type { Draft } from "./draft.ts";
import { InstanceStep } from "./instance-step.ts";
import type { Joiner } from "./join-parts.ts";
import type { RecordSetting } from "./take-transition.ts";

/** What timer steps look at beside the draft, and what carries out their joins. */
export interface TimerSetting {
  readonly record: RecordSetting;
  readonly joiner: Joiner;
}

/** A timer or an effect's deadline that has come. */
interface DueEntry {
  readonly kind: "timer" | "effect";
  readonly id: string;
  readonly event: string;
  /** Path of the state that it belongs to. */
  readonly state: string;
  readonly due: Due;
}

/**
 * How far one attempt goes. A record that became too large is tried again with less in it, so that time always goes on:
 * one timer, then one timer that counts as failed, then one that is only removed.
 */
export interface TimerAttempt {
  readonly stepsMax: number;
  /** Not null: every step counts as failed with this reason. */
  readonly failed: string | null;
  /** Go to the region's `onFailure` after a failed step? */
  readonly followsFailure: boolean;
}

const NO_INPUTS: JsonObject = {};

/**
 * Lets what is due at this moment happen, in order, each a macrostep and each looked at again before (kernel design §3,
 * Timers). What a step itself makes due waits for the next record. Gives how many steps were taken.
 */
export function runDueSteps(draft: Draft, setting: TimerSetting, attempt: TimerAttempt): number {
  let steps = 0;
  for (const entry of dueEntries(draft, setting)) {
    if (steps === attempt.stepsMax) break;
    if (!isThere(draft, entry)) continue;
    if (runDueStep(draft, setting, { entry, attempt }) === "postponed") break;
    steps += 1;
  }
  return steps;
}

/** Due ones by time and id, then by beat and id. */
function dueEntries(draft: Draft, { record }: TimerSetting): readonly DueEntry[] {
  const entries: DueEntry[] = [];
  for (const { id, event, state, due } of draft.timers) {
    if (isDue(due, record.at, record.beat)) entries.push({ kind: "timer", id, event, state, due });
  }
  for (const { id, name, state, due } of draft.effects) {
    if (!isDue(due, record.at, record.beat)) continue;
    const emit = draft.chart.emits.get(name);
    assert(emit !== undefined, `the chart knows the emit of ${id}`);
    entries.push({ kind: "effect", id, event: emit.onDeadline, state, due });
  }
  return entries.sort(compareDue);
}

function compareDue(one: DueEntry, other: DueEntry): number {
  if ("at" in one.due && "at" in other.due && one.due.at !== other.due.at) {
    return one.due.at - other.due.at;
  }
  if ("beat" in one.due && "beat" in other.due && one.due.beat !== other.due.beat) {
    return one.due.beat - other.due.beat;
  }
  if ("at" in one.due !== "at" in other.due) return "at" in one.due ? -1 : 1;
  return compareUtf16(one.id, other.id);
}

function isThere(draft: Draft, { kind, id }: DueEntry): boolean {
  return kind === "timer"
    ? draft.timers.some((timer) => timer.id === id)
    : draft.effects.some((effect) => effect.id === id);
}

function remove(draft: Draft, { kind, id }: DueEntry): void {
  if (kind === "timer") draft.removeTimers((timer) => timer.id === id);
  else draft.close((effect) => effect.id === id);
}

function runDueStep(
  draft: Draft,
  setting: TimerSetting,
  { entry, attempt }: { readonly entry: DueEntry; readonly attempt: TimerAttempt },
): "taken" | "postponed" {
  const before = draft.save();
  const joinedBefore = setting.joiner.count;
  const raisedBefore = draft.raised.length;
  remove(draft, entry);
  let failure = attempt.failed;
  if (failure === null) {
    const step = stepOf(draft, setting, entry);
    const { taken } = step.take();
    draft.raised.splice(raisedBefore, 0, { event: entry.event, taken });
    failure = step.failed ? step.failure : joinFailure(draft, setting);
    if (failure === null) return "taken";
  }
  draft.restore(before);
  setting.joiner.keep(joinedBefore);
  // What earlier steps joined may be what is in the way; the next record has room for this step.
  if (joinedBefore > 0) return "postponed";
  remove(draft, entry);
  const failed = cutCodePoints(failure, REASON_LENGTH_MAX);
  draft.raised.push({ event: entry.event, failed, taken: false });
  if (attempt.followsFailure) followFailure(draft, setting, entry);
  return "taken";
}

/** Carries out the joins of the step; why they were refused, or null. */
function joinFailure(draft: Draft, { joiner }: TimerSetting): string | null {
  const requests = draft.joins;
  draft.joins = [];
  const refused = joiner.join(requests);
  return refused === null ? null : refused.reasons.slice(0, 1).join();
}

/** Goes to `onFailure` of the timer's region. Where that fails too, nothing more happens: time never retries. */
function followFailure(draft: Draft, setting: TimerSetting, entry: DueEntry): void {
  const { chart } = draft;
  const state = chart.stateByPath.get(entry.state);
  assert(state !== undefined, `the chart knows the state of ${entry.id}`);
  const region = chart.regions[state.region];
  if (region === undefined) return;
  const before = draft.save();
  const joinedBefore = setting.joiner.count;
  const step = stepOf(draft, setting, entry);
  if (step.fail(region) && joinFailure(draft, setting) === null) return;
  draft.restore(before);
  setting.joiner.keep(joinedBefore);
}

function stepOf(draft: Draft, { record }: TimerSetting, entry: DueEntry): InstanceStep {
  const event = { name: entry.event, inputs: NO_INPUTS, joinDepth: 1 };
  const step = new InstanceStep(draft, record, event);
  const declaration = draft.chart.transitions.get(entry.event);
  assert(declaration !== undefined, `the chart declares ${entry.event}`);
  step.reads = record.reads(declaration.reads, step);
  return step;
}
