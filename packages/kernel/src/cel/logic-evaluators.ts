import type { CelResult } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import type { CheckedNode } from "./checked-node.ts";
import type { Compile, Evaluator } from "./evaluator.ts";
import { errorOf } from "./evaluator.ts";

type Form<Op extends CheckedNode["op"]> = CheckedNode & { readonly op: Op };

export function notEvaluator(node: CheckedNode, compile: Compile): Evaluator {
  const of = compile(node);
  return (scope, frame) => {
    const value = of(scope, frame);
    return typeof value === "boolean" ? !value : errorOf(value, null);
  };
}

/**
 * `&&` and `||` are commutative in the face of errors (CEL specification, "Logical operators"): one operand that
 * decides wins over an error of the other, on either side; two errors give the left one.
 */
export function logicEvaluator(node: Form<"and" | "or">, compile: Compile): Evaluator {
  const left = compile(node.left);
  const right = compile(node.right);
  if (node.op === "and") {
    return (scope, frame) => {
      const first = left(scope, frame);
      if (first === false) return false;
      const second = right(scope, frame);
      if (first === true && typeof second === "boolean") return second;
      return absorb(false, first, second);
    };
  }
  return (scope, frame) => {
    const first = left(scope, frame);
    if (first === true) return true;
    const second = right(scope, frame);
    if (first === false && typeof second === "boolean") return second;
    return absorb(true, first, second);
  };
}

/** At least one side is no bool: the other may decide. */
function absorb(decisive: boolean, first: CelResult, second: CelResult): CelResult {
  if (second === decisive) return decisive;
  return typeof first === "boolean" ? errorOf(second, null) : errorOf(first, null);
}

export function ifEvaluator(node: Form<"if">, compile: Compile): Evaluator {
  const condition = compile(node.condition);
  const yes = compile(node.yes);
  const no = compile(node.no);
  return (scope, frame) => {
    const which = condition(scope, frame);
    if (which === true) return yes(scope, frame);
    return which === false ? no(scope, frame) : errorOf(which, null);
  };
}

/** Truth of a loop's condition, with everything that is no bool made an error. */
export function asTruth(value: CelResult): boolean | symbol {
  if (typeof value === "boolean" || typeof value === "symbol") return value;
  return CEL_ERRORS.type;
}
