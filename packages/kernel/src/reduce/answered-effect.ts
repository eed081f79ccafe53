import type { TransitionDeclaration } from "../chart/compiled-chart.ts";
import type { JsonObject } from "../json/json.ts";
import type { Effect } from "./document.ts";

/** Which open effect a transition answers (kernel design §3, Effects). */
export type AnsweredEffect =
  /** The transition is no answer. */
  | { readonly kind: "none" }
  | { readonly kind: "fits"; readonly effect: Effect }
  | { readonly kind: "closed"; readonly reason: string };

/** `open`: effects that were open before this record. */
export function answeredEffect(
  open: readonly Effect[],
  declaration: TransitionDeclaration,
  inputs: JsonObject,
): AnsweredEffect {
  if (declaration.answers.length === 0) return { kind: "none" };
  const { name } = declaration;
  const fitting = open.filter((effect) => effect.answer.includes(name));
  const listed = fitting.map((effect) => effect.id).join(", ");
  const asked = Object.hasOwn(inputs, "effect") ? inputs["effect"] : undefined;
  if (asked !== undefined) {
    const effect = fitting.find((one) => one.id === asked);
    if (effect !== undefined) return { kind: "fits", effect };
    const id = typeof asked === "string" ? asked : JSON.stringify(asked);
    const rest = listed === "" ? `nothing is open for ${name}` : `open for ${name}: ${listed}`;
    return { kind: "closed", reason: `${id} is not open; ${rest}` };
  }
  const [only, ...others] = fitting;
  if (only === undefined) return { kind: "closed", reason: `nothing is open for ${name}` };
  if (others.length === 0) return { kind: "fits", effect: only };
  const reason = `several effects are open for ${name}; name one in inputs.effect: ${listed}`;
  return { kind: "closed", reason };
}
