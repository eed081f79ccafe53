import type { CelType } from "./cel.ts";
import type { ArithmeticOperator, BinaryOperator, CelNode } from "./cel-node.ts";
import type { CheckPass, View } from "./check-pass.ts";
import { broken, constant, isBroken, made, needs, refuse, textOf } from "./check-pass.ts";
import type { CheckedNode } from "./checked-node.ts";
import { describeType } from "./cel-type.ts";
import { factsWhen } from "./facts.ts";
import { arithmeticType } from "./arithmetic-type.ts";
import { BOOL, areComparable, isDyn, isKeyed, isOnly, membersOf, unionOf } from "./type-union.ts";

type BinaryNode = CelNode & { readonly op: "binary" };
interface Operands {
  readonly left: CheckedNode;
  readonly right: CheckedNode;
}

export function checkUnary(
  pass: CheckPass,
  node: CelNode & { readonly op: "not" | "negate" },
  view: View,
): CheckedNode {
  const of = pass.check(node.of, view);
  if (node.op === "not") {
    needs(pass, of, ["bool"], "`!` needs a bool");
    return made(node, BOOL, [of], { op: "not", of });
  }
  if (!needs(pass, of, ["int"], "`-` needs an int")) return broken(node);
  if (of.op === "constant" && typeof of.value === "number") return constant(node, 0 - of.value);
  const zero: CelType = { kind: "int", min: 0, max: 0 };
  return made(node, arithmeticType("-", "int", zero, of.type), [of], { op: "negate", of });
}

export function checkBinary(pass: CheckPass, node: BinaryNode, view: View): CheckedNode {
  switch (node.how) {
    case "&&":
    case "||":
      return checkLogic(pass, node, view);
    case "==":
    case "!=":
      return checkEqual(pass, node, operandsOf(pass, node, view));
    case "in":
      return checkIn(pass, node, operandsOf(pass, node, view));
    case "<":
    case "<=":
    case ">":
    case ">=":
      return checkOrder(pass, node, node.how, operandsOf(pass, node, view));
    default:
      return checkArithmetic(pass, node, node.how, operandsOf(pass, node, view));
  }
}

function operandsOf(pass: CheckPass, node: BinaryNode, view: View): Operands {
  return { left: pass.check(node.left, view), right: pass.check(node.right, view) };
}

function checkLogic(pass: CheckPass, node: BinaryNode, view: View): CheckedNode {
  const left = pass.check(node.left, view);
  const facts = factsWhen(left, node.how === "&&", view.facts);
  const right = pass.check(node.right, { locals: view.locals, facts });
  needs(pass, left, ["bool"], `\`${node.how}\` needs two bools`);
  needs(pass, right, ["bool"], `\`${node.how}\` needs two bools`);
  return made(node, BOOL, [left, right], { op: node.how === "&&" ? "and" : "or", left, right });
}

export function checkIf(
  pass: CheckPass,
  node: CelNode & { readonly op: "if" },
  view: View,
): CheckedNode {
  const condition = pass.check(node.condition, view);
  needs(pass, condition, ["bool"], "`? :` needs a bool before the `?`");
  const { locals } = view;
  const yes = pass.check(node.yes, { locals, facts: factsWhen(condition, true, view.facts) });
  const no = pass.check(node.no, { locals, facts: factsWhen(condition, false, view.facts) });
  if (isBroken(yes) || isBroken(no)) return broken(node);
  const checked = made(node, unionOf([yes.type, no.type]), [condition, yes, no], {
    op: "if",
    condition,
    yes,
    no,
  });
  return { ...checked, bounded: yes.bounded && no.bounded };
}

function checkEqual(pass: CheckPass, node: BinaryNode, { left, right }: Operands): CheckedNode {
  if (!areComparable(left.type, right.type))
    return refuse(pass, node, neverEqual(pass, node.how, left, right));
  return made(node, BOOL, [left, right], { op: "equal", negated: node.how === "!=", left, right });
}

function neverEqual(
  pass: CheckPass,
  how: BinaryOperator,
  left: CheckedNode,
  right: CheckedNode,
): string {
  const one = `\`${textOf(pass, left)}\` is ${describeType(left.type)}`;
  const other = `\`${textOf(pass, right)}\` is ${describeType(right.type)}`;
  return `${one}, ${other}; \`${how}\` needs two of one type`;
}

function checkIn(pass: CheckPass, node: BinaryNode, { left, right }: Operands): CheckedNode {
  if (
    !needs(
      pass,
      right,
      ["list", "map", "record"],
      "`in` needs a list, a map or a record on its right",
    )
  ) {
    return broken(node);
  }
  for (const member of membersOf(right.type)) {
    if (isKeyed(member)) {
      if (!needs(pass, left, ["string"], "keys are strings")) return broken(node);
      if (!isDeclared(member, left))
        return refuse(pass, node, noSuchKey(pass, member, left, right));
    } else if (
      member.kind === "list" &&
      !isEmpty(member.item) &&
      !areComparable(left.type, member.item)
    ) {
      const found = `\`${textOf(pass, left)}\` is ${describeType(left.type)}`;
      return refuse(
        pass,
        node,
        `${found}, \`${textOf(pass, right)}\` is ${describeType(right.type)}`,
      );
    }
  }
  return made(node, BOOL, [left, right], { op: "in", item: left, of: right });
}

function isEmpty(type: CelType): boolean {
  return membersOf(type).length === 0;
}

/** A literal key that a record cannot have is a slip of the pen. */
function isDeclared(type: CelType, key: CheckedNode): boolean {
  if (type.kind !== "record" || key.op !== "constant" || typeof key.value !== "string") return true;
  return type.fields.has(key.value);
}

function noSuchKey(pass: CheckPass, type: CelType, key: CheckedNode, of: CheckedNode): string {
  const names = isKeyed(type) && type.kind === "record" ? [...type.fields.keys()].join(", ") : "";
  const known = names === "" ? "it has no fields" : `its fields are ${names}`;
  return `\`${textOf(pass, of)}\` has no field ${textOf(pass, key)}; ${known}`;
}

function checkOrder(
  pass: CheckPass,
  node: BinaryNode,
  how: "<" | "<=" | ">" | ">=",
  { left, right }: Operands,
): CheckedNode {
  const kind = (["int", "string", "bool"] as const).find(
    (one) => isOnly(left.type, [one]) && isOnly(right.type, [one]),
  );
  if (kind === undefined) {
    return mismatch(
      pass,
      node,
      { left, right },
      `\`${how}\` needs two ints, two strings or two bools`,
    );
  }
  return made(node, BOOL, [left, right], { op: "order", how, left, right });
}

function checkArithmetic(
  pass: CheckPass,
  node: BinaryNode,
  how: ArithmeticOperator,
  { left, right }: Operands,
): CheckedNode {
  if (isBroken(left) || isBroken(right)) return broken(node);
  const kinds = how === "+" ? (["int", "string", "list"] as const) : (["int"] as const);
  const fitting = kinds.filter((kind) => isOnly(left.type, [kind]) && isOnly(right.type, [kind]));
  const [kind] = fitting;
  if (kind === undefined) {
    const wanted = how === "+" ? "two ints, two strings or two lists" : "two ints";
    return mismatch(pass, node, { left, right }, `\`${how}\` needs ${wanted}`);
  }
  const form = { op: "arithmetic", how, left, right } as const;
  const isUnknown = isDyn(left.type) && isDyn(right.type) && how === "+";
  const type: CelType = isUnknown
    ? { kind: "dyn" }
    : arithmeticType(how, kind, left.type, right.type);
  const checked = made(node, type, [left, right], form);
  return kind === "int" && !isUnknown ? { ...checked, bounded: true } : checked;
}

/** Names the operand that can be null, else both types. */
function mismatch(
  pass: CheckPass,
  node: CelNode,
  { left, right }: Operands,
  wanted: string,
): CheckedNode {
  for (const operand of [left, right]) {
    const isNullable = membersOf(operand.type).some((member) => member.kind === "null");
    if (isNullable && membersOf(operand.type).length > 1) {
      const text = textOf(pass, operand);
      return refuse(
        pass,
        node,
        `\`${text}\` can be null here; test \`${text} != null\` first`,
        operand.offset,
      );
    }
  }
  return refuse(
    pass,
    node,
    `${wanted}, not ${describeType(left.type)} and ${describeType(right.type)}`,
  );
}
