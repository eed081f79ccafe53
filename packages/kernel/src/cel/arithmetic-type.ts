import { ITEMS_MAX_DEFAULT, LENGTH_MAX_DEFAULT } from "../limits.ts";
import type { CelType } from "./cel.ts";
import type { ArithmeticOperator } from "./cel-node.ts";
import { DYN, memberOfKind, unionOf } from "./type-union.ts";

const MAX = Number.MAX_SAFE_INTEGER;

interface Interval {
  readonly min: number;
  readonly max: number;
}

/** Type of `left how right` where both are of `kind` (or dyn, which then stands for the widest of that kind). */
export function arithmeticType(
  how: ArithmeticOperator,
  kind: "int" | "string" | "list",
  left: CelType,
  right: CelType,
): CelType {
  if (kind === "string") {
    return { kind: "string", lengthMax: lengthMaxOf(left) + lengthMaxOf(right) };
  }
  if (kind === "list") {
    const [one, other] = [listOf(left), listOf(right)];
    return {
      kind: "list",
      item: unionOf([one.item, other.item]),
      itemsMax: one.itemsMax + other.itemsMax,
    };
  }
  const { min, max } = interval(how, intervalOf(left), intervalOf(right));
  return { kind: "int", min: clamp(min), max: clamp(max) };
}

/** Bounds of the text that a value of this type is, if it is one. */
export function lengthMaxOf(type: CelType): number {
  return memberOfKind(type, "string")?.lengthMax ?? (type.kind === "dyn" ? LENGTH_MAX_DEFAULT : 0);
}

/** The list that a value of this type is, if it is one. */
export function listOf(type: CelType): { readonly item: CelType; readonly itemsMax: number } {
  return memberOfKind(type, "list") ?? { item: DYN, itemsMax: ITEMS_MAX_DEFAULT };
}

function intervalOf(type: CelType): Interval {
  return memberOfKind(type, "int") ?? { min: -MAX, max: MAX };
}

function interval(how: ArithmeticOperator, a: Interval, b: Interval): Interval {
  const size = Math.max(Math.abs(a.min), Math.abs(a.max));
  switch (how) {
    case "+":
      return { min: a.min + b.min, max: a.max + b.max };
    case "-":
      return { min: a.min - b.max, max: a.max - b.min };
    case "*": {
      const corners = [a.min * b.min, a.min * b.max, a.max * b.min, a.max * b.max];
      return { min: Math.min(...corners), max: Math.max(...corners) };
    }
    case "/":
      return { min: -size, max: size };
    default: {
      const divisor = Math.max(Math.abs(b.min), Math.abs(b.max));
      const most = Math.min(size, Math.max(divisor - 1, 0));
      return { min: a.min < 0 ? -most : 0, max: a.max > 0 ? most : 0 };
    }
  }
}

/** Beyond the safe range there is no value, only `overflow`. */
function clamp(bound: number): number {
  return Math.min(Math.max(bound, -MAX), MAX);
}
