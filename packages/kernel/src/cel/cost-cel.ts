import type { CelType } from "./cel.ts";
import { lengthMaxOf, listOf } from "./arithmetic-type.ts";
import { iterationsMax } from "./check-loop.ts";
import type { CheckedNode, LoopNode, MapNode } from "./checked-node.ts";
import { partsOf } from "./parts-of.ts";
import {
  stepsOfCharacters,
  stepsOfCount,
  stepsOfItems,
  stepsOfKey,
  stepsOfKeys,
  stepsOfOrder,
  stepsOfSearch,
} from "./step-size.ts";
import { asMap, isKeyed, memberOfKind, membersOf } from "./type-union.ts";

/**
 * How values of unknown size count: `assumed` to be as large as the defaults of `limits.ts` (what a chart is accepted
 * by), or `counted` while the expression runs, and so nothing here.
 */
export type Unbounded = "assumed" | "counted";

/** Most steps that an evaluation can take: each node one, and what its own work on values needs. */
export function costOf(node: CheckedNode, unbounded: Unbounded): number {
  const own = ownCost(node, unbounded);
  if (node.op === "if") {
    const branches = Math.max(costOf(node.yes, unbounded), costOf(node.no, unbounded));
    return own + costOf(node.condition, unbounded) + branches;
  }
  if (node.op === "loop") {
    const rounds =
      unbounded === "counted" && !node.over.bounded ? 0 : iterationsMax(node.over.type);
    return own + costOf(node.over, unbounded) + rounds * stepsOfRound(node, unbounded);
  }
  return partsOf(node).reduce((sum, part) => sum + costOf(part, unbounded), own);
}

/** Steps of one round of a loop, the round itself included. */
export function stepsOfRound(node: LoopNode, unbounded: Unbounded): number {
  const condition = node.condition === undefined ? 0 : costOf(node.condition, unbounded);
  return 1 + condition + (node.result === undefined ? 0 : costOf(node.result, unbounded));
}

/** What a node costs beyond its parts. */
function ownCost(node: CheckedNode, unbounded: Unbounded): number {
  const isCounted = (...parts: readonly CheckedNode[]): boolean =>
    unbounded === "counted" && !parts.every((part) => part.bounded);
  switch (node.op) {
    case "size":
      return isCounted(node.of) ? 1 : 1 + costOfSize(node.of.type);
    case "string":
      return 2;
    case "in":
      return isCounted(node.item, node.of) ? 1 : 1 + costOfMembership(node.item, node.of.type);
    case "index":
      return isCounted(node.of, node.key) ? 1 : 1 + costOfKey(node.key);
    case "equal":
      return isCounted(node.left, node.right)
        ? 1
        : 1 + costOfEqual(node.left.type, node.right.type);
    case "order":
      return isCounted(node.left, node.right)
        ? 1
        : 1 + costOfTexts(node.left.type, node.right.type);
    case "arithmetic":
      return isCounted(node.left, node.right) ? 1 : 1 + costOfConcatenation(node.type);
    case "search": {
      const characters = lengthMaxOf(node.of.type) + lengthMaxOf(node.part.type);
      return isCounted(node.of, node.part) ? 1 : 1 + stepsOfSearch(characters);
    }
    case "join": {
      const items = listOf(node.of.type).itemsMax;
      return isCounted(node.of) ? 1 : 1 + items + stepsOfCharacters(lengthMaxOf(node.type));
    }
    case "list":
      return 1 + stepsOfItems(node.items.length);
    case "map":
      return 1 + 3 * node.entries.length + costOfKeys(node, unbounded);
    default:
      return 1;
  }
}

function costOfSize(type: CelType): number {
  const costs = membersOf(type).map((member) => {
    if (member.kind === "string" || member.kind === "dyn") return stepsOfCount(lengthMaxOf(member));
    return isKeyed(member) ? stepsOfKeys(asMap(member).entriesMax) : 0;
  });
  return Math.max(0, ...costs);
}

function costOfMembership(item: CheckedNode, of: CelType): number {
  const costs = membersOf(of).map((member) => {
    if (isKeyed(member)) return costOfKey(item);
    const list = listOf(member);
    return list.itemsMax * (1 + costOfEqual(item.type, list.item));
  });
  return Math.max(0, ...costs);
}

/** Literal keys are hashed when the program is made. */
function costOfKey(key: CheckedNode): number {
  return key.op === "constant" ? 0 : stepsOfKey(lengthMaxOf(key.type));
}

function costOfKeys(node: MapNode, unbounded: Unbounded): number {
  const keys = node.entries.map(([key]) => key);
  if (keys.every((key) => key.op === "constant")) return 0;
  const lengths = keys.map((key) =>
    key.bounded || unbounded === "assumed" ? lengthMaxOf(key.type) : 0,
  );
  return stepsOfOrder(keys.length, Math.max(...lengths));
}

function costOfTexts(a: CelType, b: CelType): number {
  return stepsOfCharacters(Math.min(lengthMaxOf(a), lengthMaxOf(b)));
}

/** The dearest pair of members; values of different kinds are told apart at once. */
function costOfEqual(a: CelType, b: CelType): number {
  let most = costOfTexts(a, b);
  const [one, other] = [memberOfKind(a, "list"), memberOfKind(b, "list")];
  if (one !== undefined && other !== undefined) {
    const items = Math.min(one.itemsMax, other.itemsMax);
    most = Math.max(most, items * (1 + costOfEqual(one.item, other.item)));
  }
  const [keyed, twin] = [membersOf(a).find(isKeyed), membersOf(b).find(isKeyed)];
  if (keyed !== undefined && twin !== undefined)
    most = Math.max(most, costOfEqualMaps(keyed, twin));
  return most;
}

function costOfEqualMaps(
  a: Extract<CelType, { readonly kind: "record" | "map" }>,
  b: Extract<CelType, { readonly kind: "record" | "map" }>,
): number {
  if (a.kind === "record" && b.kind === "record") {
    let sum = stepsOfKeys(a.fields.size + b.fields.size);
    for (const [name, field] of a.fields) {
      const other = b.fields.get(name);
      sum += 1 + (other === undefined ? 0 : costOfEqual(field.type, other.type));
    }
    return sum;
  }
  const [one, other] = [asMap(a), asMap(b)];
  const entries = Math.min(one.entriesMax, other.entriesMax);
  const keys = stepsOfKeys(one.entriesMax + other.entriesMax);
  return keys + entries * (1 + costOfEqual(one.value, other.value));
}

function costOfConcatenation(type: CelType): number {
  const items = memberOfKind(type, "list")?.itemsMax ?? 0;
  return stepsOfCharacters(lengthMaxOf(type)) + stepsOfItems(items);
}
