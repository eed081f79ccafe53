import type { Json, JsonObject } from "../json/json.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import { unreachable } from "../unreachable.ts";
import type { CelResult, CelScope } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import type { CelVariable, CheckedNode } from "./checked-node.ts";
import type { Compile, Evaluator } from "./evaluator.ts";
import { errorOf, isSpent } from "./evaluator.ts";
import { stepsOfKey } from "./step-size.ts";

type FieldNode = Extract<CheckedNode, { readonly op: "field" | "has" }>;

const { type: TYPE, no_such_key: NO_SUCH_KEY } = CEL_ERRORS;

export function variableEvaluator(name: CelVariable): Evaluator {
  switch (name) {
    case "context":
      return (scope) => scope.context;
    case "inputs":
      return (scope) => scope.inputs;
    case "config":
      return (scope) => scope.config;
    case "reads":
      return (scope) => scope.reads;
    case "at":
      return (scope) => scope.at;
    case "beat":
      return (scope) => scope.beat;
    case "verdict":
      return (scope) => scope.verdict;
    case "signer":
      return (scope) => scope.signer;
    case "window":
      return (scope) => scope.window;
    case "self":
      return (scope) => scope.self;
    case "human":
      return (scope) => scope.human;
    default:
      return unreachable(name);
  }
}

/**
 * A field that must be there is read plainly where no prototype can answer in its place; any other is asked for as an
 * own property. Fields of `context` and `inputs`, which most guards read, have closures of their own.
 */
export function fieldEvaluator(
  node: FieldNode & { readonly op: "field" },
  compile: Compile,
): Evaluator {
  const { name } = node;
  if (!node.certain || name in Object.prototype) {
    const of = compile(node.of);
    return (scope, frame) => ownField(of(scope, frame), name);
  }
  if (node.of.op === "variable" && node.of.name === "context") {
    return (scope) => scope.context[name] ?? orNull(scope.context, name);
  }
  if (node.of.op === "variable" && node.of.name === "inputs") {
    return (scope) => scope.inputs[name] ?? orNull(scope.inputs, name);
  }
  const of = compile(node.of);
  return (scope, frame) => {
    const object = of(scope, frame);
    if (typeof object === "symbol" || !isJsonObject(object)) return errorOf(object, null);
    return object[name] ?? orNull(object, name);
  };
}

function orNull(object: JsonObject, name: string): CelResult {
  return object[name] === null ? null : NO_SUCH_KEY;
}

export function ownField(object: CelResult, name: string): CelResult {
  if (typeof object === "symbol") return object;
  if (!isJsonObject(object)) return TYPE;
  if (!Object.hasOwn(object, name)) return NO_SUCH_KEY;
  return object[name] ?? null;
}

export function hasEvaluator(
  node: FieldNode & { readonly op: "has" },
  compile: Compile,
): Evaluator {
  const of = compile(node.of);
  const { name } = node;
  return (scope, frame) => {
    const object = of(scope, frame);
    if (typeof object === "symbol" || !isJsonObject(object)) return errorOf(object, null);
    return Object.hasOwn(object, name);
  };
}

export function indexEvaluator(
  node: CheckedNode & { readonly op: "index" },
  compile: Compile,
): Evaluator {
  const of = compile(node.of);
  const key = compile(node.key);
  const bounded = node.of.bounded && node.key.bounded;
  return (scope, frame) => {
    const within = of(scope, frame);
    const wanted = key(scope, frame);
    if (!bounded && typeof wanted === "string" && isSpent(frame, stepsOfKey(wanted.length))) {
      return CEL_ERRORS.cost;
    }
    return memberOf(within, wanted);
  };
}

function memberOf(of: CelResult, key: CelResult): CelResult {
  if (typeof of === "symbol" || typeof key === "symbol") return errorOf(of, key);
  if (isJsonArray(of)) {
    if (typeof key !== "number") return TYPE;
    return key >= 0 && key < of.length ? (of[key] ?? null) : NO_SUCH_KEY;
  }
  return typeof key === "string" ? ownField(of, key) : TYPE;
}

export function localEvaluator(slot: number): Evaluator {
  return (_scope, frame) => frame.slots[slot] ?? null;
}

export function activeEvaluator(state: number): Evaluator {
  return (scope: CelScope) => scope.isActive(state);
}

export function constantEvaluator(value: Json): Evaluator {
  return () => value;
}
