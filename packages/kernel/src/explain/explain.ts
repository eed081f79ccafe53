import { ABSENT_HASH } from "../hash.ts";
import { chartNameOf } from "../reduce/instance-name.ts";
import type { Kernel } from "../reduce/kernel.ts";
import type { State } from "../reduce/state.ts";
import { explainTransition } from "./explain-transition.ts";
import type { ExplainInput, Explanation } from "./explanation.ts";
import { Scene } from "./scene.ts";
import { explainEffect, explainTimer, waitsFor } from "./waits-for.ts";

/**
 * Explains one instance: what it waits for, and for each transition of its chart whether it would be accepted, who may
 * propose it, and what would make it pass. An instance that does not exist is explained as its creation would find it;
 * undefined where no chart of its name is installed. Pure: guards see the state, `at`, and nothing that only a proposal
 * brings; what hangs on that is told as such. Microsteps behind the first and joined instances are not looked at: they
 * may still refuse.
 */
export function explain(
  kernel: Kernel,
  state: State,
  { instance, at, identities }: ExplainInput,
): Explanation | undefined {
  const head = state.head(instance);
  const chart =
    head === undefined
      ? state.chart(chartNameOf(instance))
      : state.chartByHash(head.document.meta.chart_hash);
  if (chart === undefined) return undefined;
  const scene = new Scene(kernel, state, { chart, instance, head, at });
  const { beat } = scene;
  const now = { at, beat };
  const known = [...(identities ?? [])];
  const ended = head?.document.meta.ended ?? false;
  const effects = (head?.document.effects ?? []).map((one) => explainEffect(one, chart, now));
  const timers = (head?.document.timers ?? []).map((one) => explainTimer(one, now));
  const transitions = [...chart.transitions.values()].map((declaration) =>
    explainTransition(declaration, scene, known),
  );
  const exists = head !== undefined;
  return {
    at,
    beat,
    chart: chart.name,
    chart_hash: chart.hash,
    configuration: head?.document.configuration ?? scene.configuration?.paths ?? [],
    effects,
    ended,
    hash: head?.hash ?? ABSENT_HASH,
    instance,
    timers,
    transitions,
    waits_for: waitsFor({ chart, instance, ended, exists, effects, timers, transitions }, now),
  };
}
