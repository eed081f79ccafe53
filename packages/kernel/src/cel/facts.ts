import type { CelType } from "./cel.ts";
import type { CheckedNode } from "./checked-node.ts";
import { areComparable, isDyn, membersOf, unionOf } from "./type-union.ts";

/**
 * What is known about paths (`context.note`, `reads.stock`) where an expression is looked at: present after `has()`
 * or `in`, of a narrower type after `==` or `!=`. Values do not change during one evaluation, so facts stay true.
 * Evaluation does not rely on them: it looks again, and gives an error where a value is not what was concluded.
 */
export type Facts = ReadonlyMap<string, Fact>;
export interface Fact {
  readonly isPresent: boolean;
  readonly type: CelType | undefined;
}

export const NO_FACTS: Facts = new Map();

/** Stable name of a chain of fields from a variable; undefined for anything computed. */
export function pathOf(node: CheckedNode): string | undefined {
  switch (node.op) {
    case "variable":
      return node.name;
    case "local":
      return `#${node.slot}`;
    case "field":
      return pathOfField(node.of, node.name);
    default:
      return undefined;
  }
}

export function pathOfField(of: CheckedNode, name: string): string | undefined {
  const path = pathOf(of);
  return path === undefined ? undefined : `${path}\u0000${name}`;
}

/** What also holds where `node` gave `truth`. */
export function factsWhen(node: CheckedNode, truth: boolean, facts: Facts): Facts {
  switch (node.op) {
    case "not":
      return factsWhen(node.of, !truth, facts);
    case "and":
    case "or": {
      const isBoth = (node.op === "and") === truth;
      const afterLeft = factsWhen(node.left, node.op === "and", facts);
      const right = factsWhen(node.right, truth, afterLeft);
      return isBoth ? right : inEither(factsWhen(node.left, truth, facts), right);
    }
    case "has":
      return truth ? withPresence(facts, pathOfField(node.of, node.name)) : facts;
    case "in":
      if (!truth || node.item.op !== "constant" || typeof node.item.value !== "string")
        return facts;
      return withPresence(facts, pathOfField(node.of, node.item.value));
    case "equal":
      return node.negated === truth ? whenUnequal(node, facts) : whenEqual(node, facts);
    default:
      return facts;
  }
}

type EqualNode = Extract<CheckedNode, { readonly op: "equal" }>;

function whenEqual(node: EqualNode, facts: Facts): Facts {
  const afterLeft = narrowTo(facts, node.left, node.right.type);
  return narrowTo(afterLeft, node.right, node.left.type);
}

function whenUnequal(node: EqualNode, facts: Facts): Facts {
  if (node.right.type.kind === "null") return withoutNull(facts, node.left);
  if (node.left.type.kind === "null") return withoutNull(facts, node.right);
  return facts;
}

function withoutNull(facts: Facts, node: CheckedNode): Facts {
  const rest = membersOf(node.type).filter((member) => member.kind !== "null");
  return withType(facts, node, rest);
}

function narrowTo(facts: Facts, node: CheckedNode, other: CelType): Facts {
  if (isDyn(other)) return facts;
  const rest = membersOf(node.type).filter((member) => areComparable(member, other));
  return withType(facts, node, rest);
}

function withType(facts: Facts, node: CheckedNode, members: readonly CelType[]): Facts {
  const path = pathOf(node);
  if (path === undefined || members.length === membersOf(node.type).length) return facts;
  const isPresent = facts.get(path)?.isPresent ?? false;
  return new Map(facts).set(path, { isPresent, type: unionOf(members) });
}

function withPresence(facts: Facts, path: string | undefined): Facts {
  if (path === undefined) return facts;
  return new Map(facts).set(path, { isPresent: true, type: facts.get(path)?.type });
}

/** What both sides know. */
function inEither(one: Facts, other: Facts): Facts {
  const shared = new Map<string, Fact>();
  for (const [path, fact] of one) {
    const twin = other.get(path);
    if (twin === undefined) continue;
    const type =
      fact.type === undefined || twin.type === undefined
        ? undefined
        : unionOf([fact.type, twin.type]);
    shared.set(path, { isPresent: fact.isPresent && twin.isPresent, type });
  }
  return shared;
}
