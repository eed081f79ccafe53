import { canonicalize, type Json, type JsonObject } from "@swoosh/kernel";
import { windowOpen } from "@swoosh/guards";
import type { CallAnswer, SeenAgent, Step, View } from "./view.ts";

/** ms that an agent has for a short answer, and for one that moves files. */
export const ANSWER_MS = 10_000;
export const PROVISION_MS = 240_000;
/** ms after which a member that rejected is asked again. */
export const VOTE_AGAIN_MS = 5_000;

/** A transition of the project itself; with a class it names the present window. */
export function projectStep(
  view: View,
  transition: string,
  inputs: JsonObject = {},
  more: { readonly store?: readonly string[]; readonly evidence?: readonly string[] } = {},
): Step {
  return {
    kind: "propose",
    by: "driver",
    instance: view.project.instance,
    transition,
    inputs,
    ...(view.beat === undefined ? {} : { window: view.beat.window_id }),
    ...more,
  };
}

/** Would the window of this class let a proposal of now pass? The same guard that the chart has. */
export function isOpen(view: View, name: string): boolean {
  const { beat, now } = view;
  const { slots, tide } = view.config;
  const args = {
    at: now,
    beat: beat === undefined ? null : { ...beat },
    class: name,
    slots,
    tide,
    window: beat === undefined ? null : beat.window_id,
  };
  return windowOpen.check(args, [], { identityOf: none, operatorOtherThan: none }).ok;
}

/** The licence holds, and the project knows of no end of it. */
export function isLicensed({ licence, now, project }: View): boolean {
  return !project.in("Service.STOPPED") && licence !== undefined && licence.stop_at > now;
}

function none(): undefined {
  return undefined;
}

export function agentOf(view: View, key: string): SeenAgent | undefined {
  return view.agents.find((agent) => agent.key === key);
}

/** Here, or away for less than `ms`. */
export function isAbout(agent: SeenAgent | undefined, ms: number): boolean {
  return agent !== undefined && (agent.isHere || agent.goneMs < ms);
}

/** The answer to a call, or the step that makes it. */
export function asked(
  view: View,
  call: Omit<Extract<Step, { kind: "ask" }>, "kind">,
): { readonly value?: Json; readonly steps: readonly Step[] } {
  const answer: CallAnswer | undefined = view.answers.get(call.key);
  if (answer?.kind === "done") return { value: answer.value, steps: [] };
  if (answer?.kind === "pending") return { steps: [] };
  return { steps: [{ kind: "ask", ...call }] };
}

/** Words that fit a `reason` of the charts: printable ASCII without quotes and backslashes, at most 60. */
export function asReason(text: string, max = 60): string {
  return (
    text
      .replaceAll('"', "'")
      .replaceAll(/[^ !#-[\]-~]/g, " ")
      .slice(0, max)
      .trim() || "unknown"
  );
}

export function textOf(value: JsonObject): string {
  return canonicalize(value);
}
