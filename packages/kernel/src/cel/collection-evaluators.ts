import type { Json } from "../json/json.ts";
import { objectInOrder } from "../json/canonical.ts";
import { isArrayIndex } from "../json/key.ts";
import { compareUtf16 } from "../json/text.ts";
import type { CelResult } from "./cel.ts";
import { CEL_ERRORS } from "./cel-error.ts";
import type { CheckedNode, MapNode } from "./checked-node.ts";
import type { Compile, Evaluator } from "./evaluator.ts";
import { errorOf, isSpent } from "./evaluator.ts";
import { stepsOfOrder } from "./step-size.ts";

type Form<Op extends CheckedNode["op"]> = CheckedNode & { readonly op: Op };

export function listEvaluator(node: Form<"list">, compile: Compile): Evaluator {
  const items = node.items.map(compile);
  return (scope, frame) => {
    const list: Json[] = [];
    for (const item of items) {
      const value = item(scope, frame);
      if (typeof value === "symbol") return value;
      list.push(value);
    }
    return list;
  };
}

/** Entries are evaluated as written; the value has its keys in canonical order. */
export function mapEvaluator(node: MapNode, compile: Compile): Evaluator {
  const names: string[] = [];
  const values: Evaluator[] = [];
  for (const [key, value] of node.entries) {
    if (key.op === "constant" && typeof key.value === "string") names.push(key.value);
    values.push(compile(value));
  }
  if (names.length < node.entries.length) return computedMapEvaluator(node, compile);
  const order = names
    .map((_, index) => index)
    .sort((a, b) => compareUtf16(names[a] ?? "", names[b] ?? ""));
  const isSorted = order.every((index, at) => index === at);
  if (isSorted) return sortedMapEvaluator(names, values);
  return (scope, frame) => {
    const found: CelResult[] = [];
    for (const value of values) {
      const member = value(scope, frame);
      if (typeof member === "symbol") return member;
      found.push(member);
    }
    const target: Record<string, Json> = {};
    for (const index of order) setMember(target, names[index], found[index]);
    return target;
  };
}

function sortedMapEvaluator(names: readonly string[], values: readonly Evaluator[]): Evaluator {
  return (scope, frame) => {
    const target: Record<string, Json> = {};
    for (const [index, value] of values.entries()) {
      const member = value(scope, frame);
      if (typeof member === "symbol") return member;
      setMember(target, names[index], member);
    }
    return target;
  };
}

function setMember(
  target: Record<string, Json>,
  name: string | undefined,
  member: CelResult | undefined,
): void {
  if (name !== undefined && member !== undefined && typeof member !== "symbol")
    target[name] = member;
}

/** With computed keys the check of literals is made here: a refused or repeated key is a `type` error. */
function computedMapEvaluator(node: MapNode, compile: Compile): Evaluator {
  const entries = node.entries.map(([key, value]) => [compile(key), compile(value)] as const);
  const bounded = node.entries.every(([key]) => key.bounded);
  return (scope, frame) => {
    const members = new Map<string, Json>();
    let lengthMax = 0;
    for (const [key, value] of entries) {
      const name = key(scope, frame);
      const member = value(scope, frame);
      if (typeof name !== "string" || typeof member === "symbol") return errorOf(name, member);
      if (members.has(name) || name === "__proto__" || isArrayIndex(name)) return CEL_ERRORS.type;
      members.set(name, member);
      lengthMax = Math.max(lengthMax, name.length);
    }
    if (!bounded && isSpent(frame, stepsOfOrder(members.size, lengthMax))) return CEL_ERRORS.cost;
    return objectInOrder([...members.keys()], (name) => members.get(name) ?? null);
  };
}
