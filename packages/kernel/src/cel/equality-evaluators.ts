import { isJsonArray, isJsonObject } from "../json/json.ts";
import type { Json, JsonArray, JsonObject } from "../json/json.ts";
import type { CelResult } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import type { CheckedNode } from "./checked-node.ts";
import { isEqual } from "./equal.ts";
import type { Compile, Evaluator, Frame } from "./evaluator.ts";
import { errorOf, isSpent } from "./evaluator.ts";
import { stepsOfKey } from "./step-size.ts";

type Form<Op extends CheckedNode["op"]> = CheckedNode & { readonly op: Op };

export function equalEvaluator(node: Form<"equal">, compile: Compile): Evaluator {
  const left = compile(node.left);
  const right = compile(node.right);
  const { negated } = node;
  const bounded = node.left.bounded && node.right.bounded;
  return (scope, frame) => {
    const a = left(scope, frame);
    const b = right(scope, frame);
    if (typeof a === "symbol" || typeof b === "symbol") return errorOf(a, b);
    if (bounded) return isEqual(a, b, undefined) !== negated;
    const equal = isEqual(a, b, frame);
    return isSpent(frame, 0) ? CEL_ERRORS.cost : equal !== negated;
  };
}

/** Membership of lists by deep equality; of maps and records by own key. */
export function inEvaluator(node: Form<"in">, compile: Compile): Evaluator {
  const item = compile(node.item);
  const of = compile(node.of);
  const bounded = node.item.bounded && node.of.bounded;
  return (scope, frame) => {
    const value = item(scope, frame);
    const within = of(scope, frame);
    if (typeof value === "symbol" || typeof within === "symbol") return errorOf(value, within);
    if (isJsonArray(within)) return isItem(value, within, bounded ? undefined : frame);
    if (!isJsonObject(within)) return CEL_ERRORS.type;
    if (!bounded && typeof value === "string" && isSpent(frame, stepsOfKey(value.length))) {
      return CEL_ERRORS.cost;
    }
    return isKey(value, within);
  };
}

/** A scalar that is no string equals no key, as it would equal no item of a list of strings. */
function isKey(value: Json, map: JsonObject): CelResult {
  if (typeof value === "string") return Object.hasOwn(map, value);
  return typeof value === "number" || typeof value === "boolean" ? false : CEL_ERRORS.type;
}

function isItem(value: CelResult, list: JsonArray, frame: Frame | undefined): CelResult {
  if (typeof value === "symbol") return value;
  if (frame === undefined && (typeof value !== "object" || value === null))
    return list.includes(value);
  for (const item of list) {
    const equal = isEqual(value, item, frame);
    if (frame !== undefined && isSpent(frame, 0)) return CEL_ERRORS.cost;
    if (equal) return true;
  }
  return false;
}
