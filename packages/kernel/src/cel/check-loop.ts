import { countCodePoints } from "../json/text.ts";
import { ITEMS_MAX_DEFAULT, MAP_KEY_LENGTH_MAX } from "../limits.ts";
import type { CelType } from "./cel.ts";
import type { CelNode } from "./cel-node.ts";
import { isVariable } from "./check-access.ts";
import type { CheckPass, LocalVariable, View } from "./check-pass.ts";
import { BROKEN, broken, isBroken, made, needs, refuse } from "./check-pass.ts";
import type { CheckedNode, LoopMethod } from "./checked-node.ts";
import { marksOf } from "./checked-node.ts";
import { factsWhen } from "./facts.ts";
import { BOOL, DYN, membersOf, unionOf } from "./type-union.ts";

const LOOPS: readonly LoopMethod[] = ["all", "exists", "exists_one", "map", "filter"];

export function isLoopMethod(name: string): name is LoopMethod {
  return LOOPS.some((loop) => loop === name);
}

/** `all exists exists_one map filter`: over the items of a list, or the keys of a map in UTF-16 order. */
export function checkLoop(
  pass: CheckPass,
  node: CelNode & { readonly op: "call" },
  how: LoopMethod,
  receiver: CelNode,
  view: View,
): CheckedNode {
  const over = pass.check(receiver, view);
  const [name, first, second, ...others] = node.args;
  const isWithCondition = how === "map" && second !== undefined;
  if (
    name?.op !== "name" ||
    first === undefined ||
    others.length > 0 ||
    (second !== undefined && how !== "map")
  ) {
    return refuse(
      pass,
      node,
      `\`${how}\` takes a name and an expression, as in \`${example(how)}\``,
      node.nameOffset,
    );
  }
  if (isVariable(name.name)) {
    return refuse(pass, name, `\`${name.name}\` is a variable already; choose another name`);
  }
  const wanted = `\`${how}\` needs a list or a map before the dot`;
  const isLoop = needs(pass, over, ["list", "map", "record"], wanted) && !isBroken(over);
  const item = isLoop ? iterated(over) : { type: BROKEN, bounded: true };
  const local: LocalVariable = { slot: pass.slotCount, ...item };
  pass.slotCount += 1;
  const inside: View = { locals: new Map(view.locals).set(name.name, local), facts: view.facts };
  const condition = how === "map" && !isWithCondition ? undefined : pass.check(first, inside);
  if (condition !== undefined) needs(pass, condition, ["bool"], `\`${how}\` needs a bool`);
  const facts = condition === undefined ? inside.facts : factsWhen(condition, true, inside.facts);
  const result =
    how === "map" ? pass.check(second ?? first, { locals: inside.locals, facts }) : undefined;
  if (!isLoop) return broken(node);
  return loopNode(node, { how, over, slot: local.slot, condition, result, item: local.type });
}

function example(how: LoopMethod): string {
  return how === "map" ? "list.map(i, i + 1)" : `list.${how}(i, i > 0)`;
}

interface LoopParts {
  readonly how: LoopMethod;
  readonly over: CheckedNode;
  readonly slot: number;
  readonly condition: CheckedNode | undefined;
  readonly result: CheckedNode | undefined;
  readonly item: CelType;
}

function loopNode(node: CelNode, { item, ...parts }: LoopParts): CheckedNode {
  const { how, over, slot, condition, result } = parts;
  const body = [condition, result].filter((part) => part !== undefined);
  const inside = marksOf(body);
  const outer = inside.slotMin < slot ? inside.slotMin : Infinity;
  const checked = made(node, typeOfLoop(how, over, result, item), [over, ...body], {
    op: "loop",
    ...parts,
  });
  return { ...checked, slotMin: Math.min(over.slotMin, outer) };
}

function typeOfLoop(
  how: LoopMethod,
  over: CheckedNode,
  result: CheckedNode | undefined,
  item: CelType,
): CelType {
  if (how === "map" || how === "filter") {
    return { kind: "list", item: result?.type ?? item, itemsMax: iterationsMax(over.type) };
  }
  return BOOL;
}

/** Most rounds of a loop over a value of this type. */
export function iterationsMax(type: CelType): number {
  return Math.max(0, ...membersOf(type).map(iterationsOf));
}

function iterationsOf(type: CelType): number {
  switch (type.kind) {
    case "list":
      return type.itemsMax;
    case "map":
      return type.entriesMax;
    case "record":
      return type.fields.size;
    default:
      return ITEMS_MAX_DEFAULT;
  }
}

/** What the loop variable holds. */
function iterated(over: CheckedNode): { readonly type: CelType; readonly bounded: boolean } {
  const type = unionOf(membersOf(over.type).map(iteratedType));
  return { type, bounded: over.bounded && type.kind !== "dyn" };
}

function iteratedType(type: CelType): CelType {
  if (type.kind === "list") return type.item;
  if (type.kind === "map")
    return { kind: "string", lengthMax: type.keyLengthMax ?? MAP_KEY_LENGTH_MAX };
  if (type.kind !== "record") return DYN;
  return {
    kind: "string",
    lengthMax: Math.max(0, ...[...type.fields.keys()].map(countCodePoints)),
  };
}
