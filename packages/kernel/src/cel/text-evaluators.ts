import { isJsonArray, isJsonObject } from "../json/json.ts";
import type { Json } from "../json/json.ts";
import { countCodePoints } from "../json/text.ts";
import { unreachable } from "../unreachable.ts";
import type { CelResult } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import type { CheckedNode, SearchMethod } from "./checked-node.ts";
import { includesText } from "./includes-text.ts";
import type { Compile, Evaluator, Frame } from "./evaluator.ts";
import { errorOf, isSpent, keysOf } from "./evaluator.ts";
import { stepsOfCharacters, stepsOfCount, stepsOfSearch } from "./step-size.ts";

type Form<Op extends CheckedNode["op"]> = CheckedNode & { readonly op: Op };

const { type: TYPE, cost: COST } = CEL_ERRORS;

/** Code points of a string, items of a list, entries of a map (CEL specification, "size"). */
export function sizeEvaluator(node: CheckedNode, compile: Compile): Evaluator {
  const of = compile(node);
  const { bounded } = node;
  return (scope, frame) => {
    const value = of(scope, frame);
    if (typeof value === "symbol") return value;
    if (isJsonArray(value)) return value.length;
    return sizeOf(value, bounded ? undefined : frame);
  };
}

function sizeOf(value: Json, frame: Frame | undefined): CelResult {
  if (typeof value === "string") {
    if (frame !== undefined && isSpent(frame, stepsOfCount(value.length))) return COST;
    return countCodePoints(value);
  }
  if (!isJsonObject(value)) return TYPE;
  const keys = keysOf(value, frame);
  return typeof keys === "symbol" ? keys : keys.length;
}

export function searchEvaluator(node: Form<"search">, compile: Compile): Evaluator {
  const of = compile(node.of);
  const part = compile(node.part);
  const bounded = node.of.bounded && node.part.bounded;
  const { how } = node;
  return (scope, frame) => {
    const text = of(scope, frame);
    const wanted = part(scope, frame);
    if (typeof text !== "string" || typeof wanted !== "string") return errorOf(text, wanted);
    if (!bounded && isSpent(frame, stepsOfSearch(text.length + wanted.length))) return COST;
    return search(how, text, wanted);
  };
}

function search(how: SearchMethod, text: string, part: string): boolean {
  switch (how) {
    case "startsWith":
      return text.startsWith(part);
    case "endsWith":
      return text.endsWith(part);
    case "contains":
      return includesText(text, part);
    default:
      return unreachable(how);
  }
}

export function joinEvaluator(node: Form<"join">, compile: Compile): Evaluator {
  const of = compile(node.of);
  const separator = node.separator === undefined ? () => "" : compile(node.separator);
  const bounded = node.of.bounded && (node.separator?.bounded ?? true);
  return (scope, frame) => {
    const list = of(scope, frame);
    const between = separator(scope, frame);
    if (typeof list === "symbol" || typeof between !== "string") return errorOf(list, between);
    return isJsonArray(list) ? joined(list, between, bounded ? undefined : frame) : TYPE;
  };
}

function joined(list: readonly Json[], between: string, frame: Frame | undefined): CelResult {
  let text = "";
  for (const [at, item] of list.entries()) {
    if (typeof item !== "string") return TYPE;
    const characters = item.length + between.length;
    if (frame !== undefined && isSpent(frame, 1 + stepsOfCharacters(characters))) return COST;
    text += at === 0 ? item : between + item;
  }
  return text;
}

export function stringEvaluator(node: CheckedNode, compile: Compile): Evaluator {
  const of = compile(node);
  return (scope, frame) => {
    const value = of(scope, frame);
    return typeof value === "number" ? String(value) : errorOf(value, null);
  };
}
