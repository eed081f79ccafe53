import type { CompiledChart, TransitionDeclaration } from "../chart/compiled-chart.ts";
import type { ReadDeclaration } from "../chart/compiled-chart.ts";
import type { CelScope } from "../cel/cel.ts";
import { assert } from "../invariant.ts";
import type { JsonObject } from "../json/json.ts";
import type { Outcome } from "../log/record.ts";
import { answeredEffect } from "./answered-effect.ts";
import type { Draft } from "./draft.ts";
import { InstanceStep } from "./instance-step.ts";
import type { StepSetting } from "./instance-step.ts";
import { refusal } from "./refusal-draft.ts";
import type { RefusalDraft } from "./refusal-draft.ts";

/** What all parts of one record look at. */
export interface RecordSetting extends StepSetting {
  /** Values of these reads as of before this record, by name; each instance looked at is noted for the record. */
  reads(declarations: readonly ReadDeclaration[], scope: CelScope): JsonObject;
}

export interface TransitionRequest {
  readonly declaration: TransitionDeclaration;
  readonly inputs: JsonObject;
  /** Depth of the joins that it asks for. */
  readonly joinDepth: number;
}

const NO_OUTCOMES: readonly Outcome[] = [];

/**
 * Takes one declared transition of one instance that goes on: from `not_enabled` to `chart_failed` in the order of
 * refusal. null: taken, and the draft is what comes of it; else the draft is spoilt.
 */
export function takeTransition(
  draft: Draft,
  setting: RecordSetting,
  request: TransitionRequest,
): RefusalDraft | null {
  const { declaration, inputs } = request;
  const openBefore = draft.effects;
  const step = new InstanceStep(draft, setting, { ...request, name: declaration.name });
  step.reads = setting.reads(declaration.reads, step);
  const initial = enterInitial(draft, step);
  const answered = answeredEffect(openBefore, declaration, inputs);
  if (answered.kind === "closed") {
    return notEnabled(draft, declaration) ?? refusal("effect_closed", [answered.reason]);
  }
  const violations = declaration.validateInputs(inputs, "inputs");
  if (violations.length > 0) {
    const reasons = violations.map(({ place, problem }) => `${place}: ${problem}`);
    return notEnabled(draft, declaration) ?? refusal("inputs_invalid", reasons);
  }
  if (step.failed) return refusal("chart_failed", [step.failure], initial);
  if (answered.kind === "fits") {
    const { id } = answered.effect;
    draft.close((effect) => effect.id === id);
  }
  return takeEvent(draft, step, request, initial);
}

/** The outcomes of entering; none where the instance is there already. */
function enterInitial(draft: Draft, step: InstanceStep): readonly Outcome[] {
  if (draft.configuration !== null) return NO_OUTCOMES;
  step.enterInitial();
  const outcomes = draft.outcomes;
  draft.outcomes = [];
  step.forgetOutcomes();
  return outcomes;
}

function takeEvent(
  draft: Draft,
  step: InstanceStep,
  { declaration }: TransitionRequest,
  initial: readonly Outcome[],
): RefusalDraft | null {
  const failing = step.firstFalse(declaration.guards);
  const { taken, first } = step.take();
  if (initial.length > 0) draft.outcomes.splice(step.candidatesEnd, 0, ...initial);
  if (failing !== null) return notEnabled(draft, declaration) ?? guardFailed(draft, failing);
  if (step.failed) return refusal("chart_failed", [step.failure], draft.outcomes);
  if (taken) return null;
  const disabled = notEnabled(draft, declaration);
  if (disabled !== null) return disabled;
  assert(first !== null, "an enabled transition has a candidate");
  const guard = first.guards.find(({ name }) =>
    draft.outcomes.some((outcome) => outcome.guard === name && !outcome.ok),
  );
  assert(guard !== undefined, "a candidate that was not taken has a false guard");
  return guardFailed(draft, guard.name);
}

function guardFailed(draft: Draft, guard: string): RefusalDraft {
  const { outcomes } = draft;
  const failing = outcomes.find((outcome) => outcome.guard === guard && !outcome.ok);
  assert(failing !== undefined, "the failing guard is among the outcomes");
  return { code: "guard_failed", guard, reasons: failing.reasons, outcomes };
}

/** Asked before any other refusal is told; a transition that is taken never needs the question. */
function notEnabled(draft: Draft, declaration: TransitionDeclaration): RefusalDraft | null {
  const { configuration, chart, runtime } = draft;
  if (configuration === null) return null;
  const { interpreter } = runtime;
  if (interpreter.candidatesFor(configuration, declaration.name).length > 0) return null;
  const open = interpreter.eventsOf(configuration).filter((event) => isProposable(chart, event));
  const what = `${declaration.name} is not enabled in ${configuration.paths.join(", ")}`;
  const rest = open.length === 0 ? "nothing can be proposed here" : `enabled: ${open.join(", ")}`;
  return refusal("not_enabled", [what, rest]);
}

function isProposable(chart: CompiledChart, event: string): boolean {
  const declaration = chart.transitions.get(event);
  return declaration !== undefined && declaration.by.length > 0;
}
