import { canonicalize, type Json, type JsonObject } from "@swoosh/kernel/values";
import type { DecisionRecord } from "@swoosh/protocol";
import type { DecisionLink, LinkedDecision } from "../audit/link-decisions.ts";
import type { PageItem, PageShape, PageValues } from "./page-template.ts";

const LINK = {
  record: "number",
  record_instance: "text",
  record_transition: "text",
  record_time: "text",
  edges: "text",
} as const;

/** All that a page can say of a decision. `docs/decision-pages.md` has the same in words. */
export const DECISION_SHAPE = {
  index: "number",
  time: "text",
  instance: "text",
  transition: "text",
  role: "text",
  signer: "text",
  states: "text",
  justification: "text",
  withheld: "text",
  window: "text",
  id: "text",
  ucxl: "text",
  hlc: "text",
  idem_key: "text",
  inputs_hash: "text",
  state_before: "text",
  state_after: "text",
  inputs: { name: "text", value: "text" },
  guards: { guard: "text", of: "text", verdict: "text", reasons: "text" },
  evidence: { name: "text" },
  follows_from: LINK,
  led_to: LINK,
  follows_from_more: "text",
  led_to_more: "text",
} as const satisfies PageShape;

/** Of the record behind a decision, what the decision itself has only by hash. */
export interface DecisionBackground {
  readonly configuration: readonly string[];
  readonly inputs: JsonObject;
  /** Text of a justification that the record has as a commitment; undefined: it is not there, or has gone. */
  readonly opened: string | undefined;
}

const VALUE_LENGTH_MAX = 500;

export function decisionValues(
  { decision, followsFrom, ledTo }: LinkedDecision,
  { configuration, inputs, opened }: DecisionBackground,
  linksMax: number,
): PageValues {
  const isHidden = decision.redactions.includes("justification");
  const values: Record<keyof typeof DECISION_SHAPE, PageValues[string]> = {
    index: decision.index,
    time: timeOf(decision),
    instance: decision.instance,
    transition: decision.transition,
    role: /^ucxl:\/\/[^:]*:([^@]*)@/.exec(decision.ucxl)?.[1] ?? "",
    signer: decision.signer,
    states: configuration.join(", "),
    justification: (isHidden ? opened : decision.justification) ?? "",
    withheld: isHidden && opened === undefined ? (decision.justification ?? "") : "",
    window: decision.window_id ?? "",
    id: decision.id,
    ucxl: decision.ucxl,
    hlc: decision.hlc,
    idem_key: decision.idem_key,
    inputs_hash: decision.inputs_hash,
    state_before: decision.state_pre_hash,
    state_after: decision.state_post_hash,
    inputs: Object.entries(inputs).map(([name, value]) => ({ name, value: shown(value) })),
    guards: decision.guard_outcomes.map(({ guard, instance, ok, reasons }) => ({
      guard,
      of: instance ?? decision.instance,
      verdict: ok ? "passed" : "did not pass",
      reasons: reasons.join("; "),
    })),
    evidence: decision.evidence.map((name) => ({ name })),
    follows_from: links(followsFrom, linksMax),
    led_to: links(ledTo, linksMax),
    follows_from_more: more(followsFrom, linksMax),
    led_to_more: more(ledTo, linksMax),
  };
  return values;
}

function timeOf({ at }: DecisionRecord): string {
  return new Date(at).toISOString().replace("T", " ").slice(0, 19);
}

function shown(value: Json | undefined): string {
  const text = typeof value === "string" ? value : canonicalize(value ?? null);
  const points = [...text];
  if (points.length <= VALUE_LENGTH_MAX) return text;
  return `${points.slice(0, VALUE_LENGTH_MAX).join("")}… (${points.length} characters)`;
}

function links(all: readonly DecisionLink[], linksMax: number): readonly PageItem[] {
  return all.slice(0, linksMax).map(({ decision, edges }) => ({
    record: decision.index,
    record_instance: decision.instance,
    record_transition: decision.transition,
    record_time: timeOf(decision),
    edges: edges.join(", "),
  }));
}

function more(all: readonly DecisionLink[], linksMax: number): string {
  return all.length > linksMax ? String(all.length - linksMax) : "";
}
