import type { Json, JsonObject } from "../json/json.ts";
import { CEL_COST_MAX } from "../limits.ts";
import type { CelResult, CelScope } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import type { CheckedNode } from "./checked-node.ts";
import { stepsOfKeys } from "./step-size.ts";

/**
 * One part of an expression made ready to run. Total whatever the scope holds: a value of another kind than its
 * type says gives `type`, a missing one `no_such_key`.
 */
export type Evaluator = (scope: CelScope, frame: Frame) => CelResult;

/** Compiles one part; handed down so that the files of closures need not import one another. */
export type Compile = (node: CheckedNode) => Evaluator;

/** What one evaluation changes. */
export interface Frame {
  /** Loop variables by slot. */
  readonly slots: Json[];
  /** Steps counted so far: only where sizes are not known at load. */
  steps: number;
}

/** Counts steps of work on values of unknown size; true when the bound is passed. */
export function isSpent(frame: Frame, steps: number): boolean {
  frame.steps += steps;
  return frame.steps > CEL_COST_MAX;
}

/** The error of an operation of which an operand had an error, or none of the right kind. */
export function errorOf(left: CelResult, right: CelResult): symbol {
  if (typeof left === "symbol") return left;
  return typeof right === "symbol" ? right : CEL_ERRORS.type;
}

/** Keys in canonical order, which kernel values have; counted where `frame` is given. */
export function keysOf(object: JsonObject, frame: Frame | undefined): readonly string[] | symbol {
  if (frame !== undefined && isSpent(frame, 0)) return CEL_ERRORS.cost;
  const keys = Object.keys(object);
  return frame !== undefined && isSpent(frame, stepsOfKeys(keys.length)) ? CEL_ERRORS.cost : keys;
}
