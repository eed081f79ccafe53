import { unreachable } from "../unreachable.ts";
import type { CelScope } from "./cel.ts";
import type { CheckedNode } from "./checked-node.ts";
import { isClosed } from "./checked-node.ts";
import {
  activeEvaluator,
  constantEvaluator,
  fieldEvaluator,
  hasEvaluator,
  indexEvaluator,
  localEvaluator,
  variableEvaluator,
} from "./access-evaluators.ts";
import { listEvaluator, mapEvaluator } from "./collection-evaluators.ts";
import { equalEvaluator, inEvaluator } from "./equality-evaluators.ts";
import { arithmeticEvaluator, negateEvaluator, orderEvaluator } from "./integer-evaluators.ts";
import { ifEvaluator, logicEvaluator, notEvaluator } from "./logic-evaluators.ts";
import { loopEvaluator } from "./loop-evaluator.ts";
import {
  joinEvaluator,
  searchEvaluator,
  sizeEvaluator,
  stringEvaluator,
} from "./text-evaluators.ts";
import { stepsOfRound } from "./cost-cel.ts";
import type { Evaluator, Frame } from "./evaluator.ts";

/** Compiles a checked tree to closures; parts that depend on nothing are evaluated here, once. */
export function compileNode(node: CheckedNode): Evaluator {
  const run = closureOf(node);
  if (node.op === "constant" || !isClosed(node)) return run;
  const value = run(NO_SCOPE, newFrame(0));
  return typeof value === "symbol" ? run : constantEvaluator(value);
}

export function newFrame(steps: number): Frame {
  return { slots: [], steps };
}

/** Closed parts never look at it. */
export const NO_SCOPE: CelScope = {
  context: {},
  inputs: {},
  config: {},
  reads: {},
  at: 0,
  beat: null,
  verdict: [],
  signer: null,
  window: null,
  self: {},
  human: false,
  isActive: () => false,
};

function closureOf(node: CheckedNode): Evaluator {
  switch (node.op) {
    case "constant":
      return constantEvaluator(node.value);
    case "variable":
      return variableEvaluator(node.name);
    case "local":
      return localEvaluator(node.slot);
    case "active":
      return activeEvaluator(node.state);
    case "field":
      return fieldEvaluator(node, compileNode);
    case "has":
      return hasEvaluator(node, compileNode);
    case "index":
      return indexEvaluator(node, compileNode);
    case "in":
      return inEvaluator(node, compileNode);
    case "not":
      return notEvaluator(node.of, compileNode);
    case "negate":
      return negateEvaluator(node.of, compileNode);
    case "size":
      return sizeEvaluator(node.of, compileNode);
    case "string":
      return stringEvaluator(node.of, compileNode);
    case "and":
    case "or":
      return logicEvaluator(node, compileNode);
    case "if":
      return ifEvaluator(node, compileNode);
    case "equal":
      return equalEvaluator(node, compileNode);
    case "order":
      return orderEvaluator(node, compileNode);
    case "arithmetic":
      return arithmeticEvaluator(node, compileNode);
    case "search":
      return searchEvaluator(node, compileNode);
    case "join":
      return joinEvaluator(node, compileNode);
    case "list":
      return listEvaluator(node, compileNode);
    case "map":
      return mapEvaluator(node, compileNode);
    case "loop":
      return loopEvaluator(node, compileNode, stepsOfRound(node, "counted"));
    default:
      return unreachable(node);
  }
}
