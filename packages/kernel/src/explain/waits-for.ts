import type { CompiledChart } from "../chart/compiled-chart.ts";
import type { Effect, Timer } from "../reduce/document.ts";
import { isDue } from "../reduce/draft.ts";
import type {
  ExplainedEffect,
  ExplainedTimer,
  ExplainedTransition,
  Outlook,
} from "./explanation.ts";
import { allOf, atMost, dueWords, oneOf } from "./words.ts";
import { HELP_NAMES_MAX } from "../limits.ts";

/** Now, in the two ways in which something can be due. */
export interface Now {
  readonly at: number;
  readonly beat: number | null;
}

export function explainEffect(effect: Effect, chart: CompiledChart, now: Now): ExplainedEffect {
  const { answer, due, effect: what, id, name, owner } = effect;
  return {
    answer,
    due,
    effect: what,
    id,
    on_deadline: chart.emits.get(name)?.onDeadline ?? "",
    overdue: isDue(due, now.at, now.beat),
    owner,
  };
}

export function explainTimer({ due, event, id, state }: Timer, now: Now): ExplainedTimer {
  return { due, event, id, overdue: isDue(due, now.at, now.beat), state };
}

/** Who owes what, what happens by itself, and who may do something, in sentences. */
export function waitsFor(
  given: {
    readonly chart: CompiledChart;
    readonly instance: string;
    readonly ended: boolean;
    readonly exists: boolean;
    readonly effects: readonly ExplainedEffect[];
    readonly timers: readonly ExplainedTimer[];
    readonly transitions: readonly ExplainedTransition[];
  },
  now: Now,
): readonly string[] {
  const { chart, instance, ended, exists, effects, timers, transitions } = given;
  if (ended) return [`${instance} has ended and waits for nothing`];
  const sentences = [
    ...effects.map(
      ({ answer, due, effect, id, on_deadline, overdue, owner }) =>
        `${owner} owes ${effect} (${id}): ${oneOf(answer)}${overdue ? ", overdue" : ""}; ${on_deadline} follows ${dueWords(due, now)}`,
    ),
    ...timers.map(
      ({ due, event, state }) =>
        `${event} follows by itself ${dueWords(due, now)}, set in ${state}`,
    ),
    ...(exists ? refusedWords(transitions, chart) : []),
    ...mayWords(transitions, "open", exists ? "may" : "may create it by"),
    ...mayWords(
      transitions,
      "depends",
      exists ? "may, if it passes," : "may create it, if it passes, by",
    ),
  ];
  if (sentences.length > 0) return sentences;
  return [`nobody can move ${instance} now; see what each transition would need`];
}

/**
 * What is missing: for each reason the transitions that the present state handles and that are refused for it. The guards
 * of the transition come first; those of its targets count where these hold.
 */
function refusedWords(
  transitions: readonly ExplainedTransition[],
  chart: CompiledChart,
): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { by, enabled, guard_outcomes: outcomes, outlook, transition } of transitions) {
    if (outlook !== "closed" || !enabled || by.length === 0) continue;
    const first = chart.transitions.get(transition)?.guards.map(({ name }) => name) ?? [];
    const failed = outcomes.filter(({ ok }) => ok === false);
    const own = failed.filter(({ guard }) => first.includes(guard));
    for (const reason of (own.length > 0 ? own : failed).flatMap(({ reasons }) => reasons)) {
      const names = byReason.get(reason) ?? [];
      if (!names.includes(transition)) names.push(transition);
      byReason.set(reason, names);
    }
  }
  return [...byReason].map(
    ([reason, names]) =>
      `${allOf(atMost(names, HELP_NAMES_MAX))} ${names.length === 1 ? "is" : "are"} refused now: ${reason}`,
  );
}

/** Transitions that answer no effect, by who may propose them. */
function mayWords(
  transitions: readonly ExplainedTransition[],
  outlook: Outlook,
  verb: string,
): readonly string[] {
  const byRoles = new Map<string, string[]>();
  for (const one of transitions) {
    if (one.outlook !== outlook) continue;
    const roles = oneOf(one.by);
    const names = byRoles.get(roles) ?? [];
    names.push(one.transition);
    byRoles.set(roles, names);
  }
  return [...byRoles].map(
    ([roles, names]) => `${roles} ${verb} ${oneOf(atMost(names, HELP_NAMES_MAX))}`,
  );
}
