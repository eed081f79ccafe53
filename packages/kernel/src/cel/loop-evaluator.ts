import type { Json } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { unreachable } from "../unreachable.ts";
import type { CelResult, CelScope } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import { asTruth } from "./logic-evaluators.ts";
import type { LoopNode } from "./checked-node.ts";
import type { Compile, Evaluator, Frame } from "./evaluator.ts";
import { isSpent, keysOf } from "./evaluator.ts";

/** One loop made ready. `stepsPerRound`: 0 where the number of rounds is known at load and so paid already. */
interface Loop {
  readonly over: Evaluator;
  readonly slot: number;
  readonly condition: Evaluator;
  readonly result: Evaluator;
  readonly stepsPerRound: number;
}

type Round = (scope: CelScope, frame: Frame, items: readonly Json[], loop: Loop) => CelResult;

const { type: TYPE, cost: COST } = CEL_ERRORS;

export function loopEvaluator(node: LoopNode, compile: Compile, stepsPerRound: number): Evaluator {
  const { slot } = node;
  const loop: Loop = {
    over: compile(node.over),
    slot,
    condition: node.condition === undefined ? () => true : compile(node.condition),
    result:
      node.result === undefined ? (_, frame) => frame.slots[slot] ?? null : compile(node.result),
    stepsPerRound: node.over.bounded ? 0 : stepsPerRound,
  };
  const rounds = roundsOf(node);
  return (scope, frame) => {
    const over = loop.over(scope, frame);
    if (typeof over === "symbol") return over;
    if (isJsonArray(over)) return rounds(scope, frame, over, loop);
    if (!isJsonObject(over)) return TYPE;
    const keys = keysOf(over, loop.stepsPerRound === 0 ? undefined : frame);
    return typeof keys === "symbol" ? keys : rounds(scope, frame, keys, loop);
  };
}

function roundsOf(node: LoopNode): Round {
  switch (node.how) {
    case "all":
      return (scope, frame, items, loop) => quantify(scope, frame, items, loop, false);
    case "exists":
      return (scope, frame, items, loop) => quantify(scope, frame, items, loop, true);
    case "exists_one":
      return countOne;
    case "map":
    case "filter":
      return collect;
    default:
      return unreachable(node.how);
  }
}

/** `all` ends at the first false, `exists` at the first true; without one an error met on the way is the answer. */
function quantify(
  scope: CelScope,
  frame: Frame,
  items: readonly Json[],
  loop: Loop,
  decisive: boolean,
): CelResult {
  let error: symbol | undefined;
  for (const item of items) {
    if (loop.stepsPerRound > 0 && isSpent(frame, loop.stepsPerRound)) return COST;
    frame.slots[loop.slot] = item;
    const truth = asTruth(loop.condition(scope, frame));
    if (truth === decisive) return decisive;
    if (typeof truth === "symbol") error ??= truth;
  }
  return error ?? !decisive;
}

function countOne(scope: CelScope, frame: Frame, items: readonly Json[], loop: Loop): CelResult {
  let count = 0;
  for (const item of items) {
    if (loop.stepsPerRound > 0 && isSpent(frame, loop.stepsPerRound)) return COST;
    frame.slots[loop.slot] = item;
    const truth = asTruth(loop.condition(scope, frame));
    if (typeof truth === "symbol") return truth;
    if (truth) count += 1;
  }
  return count === 1;
}

function collect(scope: CelScope, frame: Frame, items: readonly Json[], loop: Loop): CelResult {
  const found: Json[] = [];
  for (const item of items) {
    if (loop.stepsPerRound > 0 && isSpent(frame, loop.stepsPerRound)) return COST;
    frame.slots[loop.slot] = item;
    const truth = asTruth(loop.condition(scope, frame));
    if (typeof truth === "symbol") return truth;
    if (!truth) continue;
    frame.slots[loop.slot] = item;
    const value = loop.result(scope, frame);
    if (typeof value === "symbol") return value;
    found.push(value);
  }
  return found;
}
