import type { Json } from "../json/json.ts";
import type { CelType } from "./cel.ts";
import type { ArithmeticOperator, OrderOperator } from "./cel-node.ts";

export type CelVariable =
  | "context"
  | "inputs"
  | "config"
  | "reads"
  | "at"
  | "beat"
  | "verdict"
  | "signer"
  | "window"
  | "self"
  | "human";

/** The tree after the type check: names resolved, methods and functions told apart. */
export type CheckedNode = CheckedMarks & CheckedForm;

export interface CheckedMarks {
  readonly offset: number;
  readonly end: number;
  readonly type: CelType;
  /** Sizes of the value are within its type. False for `dyn` and for what other instances hold: their chart may have changed. */
  readonly bounded: boolean;
  /** Depends on no variable of the scope and on no state. */
  readonly scopeFree: boolean;
  /** Least slot of a loop variable that it depends on and does not bind itself; Infinity: none. */
  readonly slotMin: number;
}

export type CheckedForm =
  | { readonly op: "constant"; readonly value: Json }
  | { readonly op: "variable"; readonly name: CelVariable }
  | { readonly op: "local"; readonly slot: number }
  | {
      readonly op: "field";
      readonly of: CheckedNode;
      readonly name: string;
      readonly certain: boolean;
    }
  | { readonly op: "has"; readonly of: CheckedNode; readonly name: string }
  | { readonly op: "index"; readonly of: CheckedNode; readonly key: CheckedNode }
  | { readonly op: "in"; readonly item: CheckedNode; readonly of: CheckedNode }
  | { readonly op: "not" | "negate" | "size" | "string"; readonly of: CheckedNode }
  | { readonly op: "and" | "or"; readonly left: CheckedNode; readonly right: CheckedNode }
  | {
      readonly op: "if";
      readonly condition: CheckedNode;
      readonly yes: CheckedNode;
      readonly no: CheckedNode;
    }
  | {
      readonly op: "equal";
      readonly negated: boolean;
      readonly left: CheckedNode;
      readonly right: CheckedNode;
    }
  | {
      readonly op: "order";
      readonly how: OrderOperator;
      readonly left: CheckedNode;
      readonly right: CheckedNode;
    }
  | {
      readonly op: "arithmetic";
      readonly how: ArithmeticOperator;
      readonly left: CheckedNode;
      readonly right: CheckedNode;
    }
  | {
      readonly op: "search";
      readonly how: SearchMethod;
      readonly of: CheckedNode;
      readonly part: CheckedNode;
    }
  | { readonly op: "join"; readonly of: CheckedNode; readonly separator: CheckedNode | undefined }
  | { readonly op: "list"; readonly items: readonly CheckedNode[] }
  | {
      readonly op: "map";
      readonly entries: readonly (readonly [key: CheckedNode, value: CheckedNode])[];
    }
  | {
      readonly op: "loop";
      readonly how: LoopMethod;
      readonly over: CheckedNode;
      readonly slot: number;
      /** Always there but in `map` of two arguments. */
      readonly condition: CheckedNode | undefined;
      /** `map` only. */
      readonly result: CheckedNode | undefined;
    }
  | { readonly op: "active"; readonly state: number };

export type SearchMethod = "startsWith" | "endsWith" | "contains";
export type LoopMethod = "all" | "exists" | "exists_one" | "map" | "filter";
export type MapNode = Extract<CheckedNode, { readonly op: "map" }>;
export type LoopNode = Extract<CheckedNode, { readonly op: "loop" }>;

/** Marks that follow from the parts: as free and as bounded as the least of them. */
export function marksOf(
  parts: readonly CheckedNode[],
): Pick<CheckedMarks, "bounded" | "scopeFree" | "slotMin"> {
  let bounded = true;
  let scopeFree = true;
  let slotMin = Infinity;
  for (const part of parts) {
    bounded &&= part.bounded;
    scopeFree &&= part.scopeFree;
    slotMin = Math.min(slotMin, part.slotMin);
  }
  return { bounded, scopeFree, slotMin };
}

/** The value is the same whatever the scope and the loop variables hold. */
export function isClosed(node: CheckedNode): boolean {
  return node.scopeFree && node.slotMin === Infinity;
}
