import type { Json } from "../json/json.ts";
import type { CelEnvironment, CelProblem, CelType } from "./cel.ts";
import type { CelNode } from "./cel-node.ts";
import type { CelVariable, CheckedForm, CheckedMarks, CheckedNode } from "./checked-node.ts";
import { marksOf } from "./checked-node.ts";
import { celTypeOfJson, describeType } from "./cel-type.ts";
import type { Facts } from "./facts.ts";
import { BOOL, isOnly, membersOf, without } from "./type-union.ts";

/** One type check under way: collects problems and hands out slots for loop variables. */
export interface CheckPass {
  readonly source: string;
  readonly environment: CelEnvironment;
  readonly problems: CelProblem[];
  readonly variables: Set<CelVariable>;
  slotCount: number;
  check(node: CelNode, view: View): CheckedNode;
}

/** What is visible at one place of the expression. */
export interface View {
  readonly locals: ReadonlyMap<string, LocalVariable>;
  readonly facts: Facts;
}

export interface LocalVariable {
  readonly slot: number;
  readonly type: CelType;
  readonly bounded: boolean;
}

/** Type of what has a problem already; by identity, so that one mistake is reported once. */
export const BROKEN: CelType = { kind: "dyn" };

export function isBroken(node: CheckedNode): boolean {
  return node.type === BROKEN;
}

/** Reports a problem and gives a node that causes no further ones. */
export function refuse(
  pass: CheckPass,
  node: CelNode,
  message: string,
  offset = node.offset,
): CheckedNode {
  pass.problems.push({ message, offset });
  return broken(node);
}

export function broken(node: CelNode): CheckedNode {
  return {
    op: "constant",
    value: null,
    type: BROKEN,
    bounded: true,
    scopeFree: true,
    slotMin: Infinity,
    offset: node.offset,
    end: node.end,
  };
}

export function constant(node: CelNode, value: Json): CheckedNode {
  return { ...broken(node), op: "constant", value, type: celTypeOfJson(value) };
}

/** A node whose marks follow from its parts; operators that give a bool make sure of it whatever their operands hold. */
export function made(
  node: CelNode,
  type: CelType,
  parts: readonly CheckedNode[],
  form: CheckedForm,
): CheckedNode {
  const marks = marksOf(parts);
  const bounded = marks.bounded || type === BOOL;
  const all: CheckedMarks = { offset: node.offset, end: node.end, type, ...marks, bounded };
  return { ...all, ...form };
}

export function textOf(
  pass: CheckPass,
  node: { readonly offset: number; readonly end: number },
): string {
  const text = pass.source.slice(node.offset, node.end);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** Reports an operand that is not of one of these kinds; true where all is well. */
export function needs(
  pass: CheckPass,
  node: CheckedNode,
  kinds: readonly CelType["kind"][],
  wanted: string,
): boolean {
  if (isOnly(node.type, kinds)) return true;
  pass.problems.push({ message: mismatch(pass, node, kinds, wanted), offset: node.offset });
  return false;
}

function mismatch(
  pass: CheckPass,
  node: CheckedNode,
  kinds: readonly CelType["kind"][],
  wanted: string,
): string {
  const text = textOf(pass, node);
  const isNullable = membersOf(node.type).length > 1 && isOnly(without(node.type, "null"), kinds);
  if (isNullable) return `\`${text}\` can be null here; test \`${text} != null\` first`;
  return `\`${text}\` is ${describeType(node.type)}; ${wanted}`;
}
