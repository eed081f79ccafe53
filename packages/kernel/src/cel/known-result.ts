import type { CelResult, CelScope } from "./cel.ts";
import type { CheckedNode } from "./checked-node.ts";
import { compileNode, newFrame } from "./compile-node.ts";
import { errorOf } from "./evaluator.ts";
import { isUnknown, mentionsOf } from "./mentions.ts";

/** The result of an expression that hangs on something unknown. It is none of the errors, and compared by identity. */
export const UNKNOWN_RESULT = Symbol("unknown");

/**
 * What an expression gives whatever the unknown parts of the scope may hold, or `UNKNOWN_RESULT`. Three-valued over
 * `&&`, `||`, `!` and `?:`; every other part that looks at something unknown is unknown. So an answer is always
 * right, but some that a cleverer mind would find are missed (`inputs.n > 3 || inputs.n <= 3`).
 */
export function knownResult(
  node: CheckedNode,
  scope: CelScope,
  unknown: ReadonlySet<string>,
): CelResult {
  if (!mentionsOf(node).some((mention) => isUnknown(mention, unknown)))
    return compileNode(node)(scope, newFrame(0));
  const part = (of: CheckedNode): CelResult => knownResult(of, scope, unknown);
  switch (node.op) {
    case "not": {
      const value = part(node.of);
      if (value === UNKNOWN_RESULT) return value;
      return typeof value === "boolean" ? !value : errorOf(value, null);
    }
    case "and":
    case "or":
      return logic(node.op === "or", part(node.left), part(node.right));
    case "if": {
      const which = part(node.condition);
      if (which === true) return part(node.yes);
      if (which === false) return part(node.no);
      // Even where both ways lead to one value: what is unknown may be an error.
      return which === UNKNOWN_RESULT ? which : errorOf(which, null);
    }
    default:
      return UNKNOWN_RESULT;
  }
}

/** One side that decides wins over anything on the other; else the unknown wins over an error, which it may absorb. */
function logic(decisive: boolean, left: CelResult, right: CelResult): CelResult {
  if (left === decisive || right === decisive) return decisive;
  if (left === UNKNOWN_RESULT || right === UNKNOWN_RESULT) return UNKNOWN_RESULT;
  if (typeof left !== "boolean") return errorOf(left, null);
  return typeof right === "boolean" ? right : errorOf(right, null);
}
