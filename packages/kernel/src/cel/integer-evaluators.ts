import { isJsonArray } from "../json/json.ts";
import { unreachable } from "../unreachable.ts";
import type { CelResult } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import type { OrderOperator } from "./cel-node.ts";
import type { CheckedNode } from "./checked-node.ts";
import type { Compile, Evaluator, Frame } from "./evaluator.ts";
import { errorOf, isSpent } from "./evaluator.ts";
import { stepsOfCharacters, stepsOfItems } from "./step-size.ts";

type Form<Op extends CheckedNode["op"]> = CheckedNode & { readonly op: Op };

const { overflow: OVERFLOW, division_by_zero: DIVISION_BY_ZERO, cost: COST } = CEL_ERRORS;
const MAX = Number.MAX_SAFE_INTEGER;

/** Up to here copying item by item beats the engine's bulk copy. */
const FEW_ITEMS = 16;

/** A sum of safe integers beyond the safe range is beyond it after rounding too, so one comparison tells. */
function safe(value: number): CelResult {
  return value <= MAX && value >= -MAX ? value : OVERFLOW;
}

export function arithmeticEvaluator(node: Form<"arithmetic">, compile: Compile): Evaluator {
  const left = compile(node.left);
  const right = compile(node.right);
  switch (node.how) {
    case "+":
      return plusEvaluator(left, right, node.left.bounded && node.right.bounded);
    case "-":
      return integers(left, right, (a, b) => safe(a - b));
    case "*":
      return integers(left, right, (a, b) => safe(a * b + 0));
    case "/":
      return integers(left, right, (a, b) => (b === 0 ? DIVISION_BY_ZERO : (a - (a % b)) / b + 0));
    case "%":
      return integers(left, right, (a, b) => (b === 0 ? DIVISION_BY_ZERO : (a % b) + 0));
    default:
      return unreachable(node.how);
  }
}

/** `+ 0` above turns the −0 of `0 * -1` into 0. */
function integers(
  left: Evaluator,
  right: Evaluator,
  apply: (a: number, b: number) => CelResult,
): Evaluator {
  return (scope, frame) => {
    const a = left(scope, frame);
    const b = right(scope, frame);
    return typeof a === "number" && typeof b === "number" ? apply(a, b) : errorOf(a, b);
  };
}

function plusEvaluator(left: Evaluator, right: Evaluator, bounded: boolean): Evaluator {
  return (scope, frame) => {
    const a = left(scope, frame);
    const b = right(scope, frame);
    if (typeof a === "number" && typeof b === "number") return safe(a + b);
    return concatenation(a, b, bounded ? undefined : frame);
  };
}

function concatenation(a: CelResult, b: CelResult, frame: Frame | undefined): CelResult {
  if (typeof a === "symbol" || typeof b === "symbol") return errorOf(a, b);
  if (typeof a === "string" && typeof b === "string") {
    if (frame !== undefined && isSpent(frame, stepsOfCharacters(a.length + b.length))) return COST;
    return a + b;
  }
  if (!isJsonArray(a) || !isJsonArray(b)) return CEL_ERRORS.type;
  if (frame !== undefined && isSpent(frame, stepsOfItems(a.length + b.length))) return COST;
  return a.length + b.length <= FEW_ITEMS ? [...a, ...b] : a.concat(b);
}

export function negateEvaluator(node: CheckedNode, compile: Compile): Evaluator {
  const of = compile(node);
  return (scope, frame) => {
    const value = of(scope, frame);
    return typeof value === "number" ? 0 - value : errorOf(value, null);
  };
}

/** Ints by value, strings by UTF-16 units (ECMAScript's `<`), false before true. */
export function orderEvaluator(node: Form<"order">, compile: Compile): Evaluator {
  const left = compile(node.left);
  const right = compile(node.right);
  const bounded = node.left.bounded && node.right.bounded;
  const { how } = node;
  const slow = (a: CelResult, b: CelResult, frame: Frame): CelResult =>
    orderOf(how, a, b, bounded ? undefined : frame);
  switch (how) {
    case "<":
      return (scope, frame) => {
        const a = left(scope, frame);
        const b = right(scope, frame);
        return typeof a === "number" && typeof b === "number" ? a < b : slow(a, b, frame);
      };
    case "<=":
      return (scope, frame) => {
        const a = left(scope, frame);
        const b = right(scope, frame);
        return typeof a === "number" && typeof b === "number" ? a <= b : slow(a, b, frame);
      };
    case ">":
      return (scope, frame) => {
        const a = left(scope, frame);
        const b = right(scope, frame);
        return typeof a === "number" && typeof b === "number" ? a > b : slow(a, b, frame);
      };
    case ">=":
      return (scope, frame) => {
        const a = left(scope, frame);
        const b = right(scope, frame);
        return typeof a === "number" && typeof b === "number" ? a >= b : slow(a, b, frame);
      };
    default:
      return unreachable(how);
  }
}

function orderOf(
  how: OrderOperator,
  a: CelResult,
  b: CelResult,
  frame: Frame | undefined,
): CelResult {
  if (typeof a === "string" && typeof b === "string") {
    const steps = stepsOfCharacters(Math.min(a.length, b.length));
    if (frame !== undefined && isSpent(frame, steps)) return COST;
    return compare(how, a, b);
  }
  if (typeof a === "boolean" && typeof b === "boolean") return compare(how, Number(a), Number(b));
  return errorOf(a, b);
}

function compare<T extends number | string>(how: OrderOperator, a: T, b: T): boolean {
  switch (how) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      return unreachable(how);
  }
}
