import type { CompiledChart, TransitionDeclaration } from "../chart/compiled-chart.ts";
import type { Head } from "./document.ts";
import { chartNameOf } from "./instance-name.ts";
import { refusal } from "./refusal-draft.ts";
import type { RefusalDraft } from "./refusal-draft.ts";
import type { State } from "./state.ts";

/** What a request is about: the chart that the instance runs under, or will. */
export interface Located {
  readonly instance: string;
  readonly chart: CompiledChart;
  readonly head: Head | undefined;
  readonly declaration: TransitionDeclaration;
}

export type Location =
  | { readonly ok: true; readonly located: Located }
  | { readonly ok: false; readonly refusal: RefusalDraft };

/** `unknown_chart`, `unknown_instance`, `unknown_transition`, in this order. */
export function locate(state: State, instance: string, transition: string): Location {
  const head = state.head(instance);
  const name = chartNameOf(instance);
  const chart =
    head === undefined ? state.chart(name) : state.chartByHash(head.document.meta.chart_hash);
  if (chart === undefined) {
    return refused(
      "unknown_chart",
      `no chart ${JSON.stringify(name)} is installed for ${instance}`,
    );
  }
  const declaration = chart.transitions.get(transition);
  if (head === undefined && declaration?.creates !== true) {
    const creating = [...chart.transitions.values()].filter(
      (one) => one.creates && one.by.length > 0,
    );
    const names = creating.map((one) => one.name).join(" or ");
    return refused(
      "unknown_instance",
      `${instance} does not exist; ${names === "" ? "nobody may propose to create it" : `it is created by ${names}`}`,
    );
  }
  if (declaration === undefined) {
    const known = [...chart.transitions.keys()].join(", ");
    return refused(
      "unknown_transition",
      `chart ${chart.name} has no ${transition}; it has ${known}`,
    );
  }
  return { ok: true, located: { instance, chart, head, declaration } };
}

/** `ended`. */
export function endedRefusal({ instance, head }: Located): RefusalDraft | null {
  if (head?.document.meta.ended !== true) return null;
  return refusal("ended", [`${instance} has ended; nothing more is accepted`]);
}

function refused(code: RefusalDraft["code"], reason: string): Location {
  return { ok: false, refusal: refusal(code, [reason]) };
}
