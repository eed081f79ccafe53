import { isJsonObject } from "../json/json.ts";
import type { CelType } from "./cel.ts";
import type { CelNode } from "./cel-node.ts";
import type { CheckPass, View } from "./check-pass.ts";
import { broken, constant, isBroken, made, needs, refuse, textOf } from "./check-pass.ts";
import type { CelVariable, CheckedNode } from "./checked-node.ts";
import { AT, BEAT, SELF, SIGNER, VERDICT, WINDOW } from "./cel-type.ts";
import { pathOf, pathOfField } from "./facts.ts";
import {
  BOOL,
  DYN,
  asMap,
  isDyn,
  isKeyed,
  memberOfKind,
  membersOf,
  unionOf,
} from "./type-union.ts";

const VARIABLES: readonly CelVariable[] = [
  "context",
  "inputs",
  "config",
  "reads",
  "at",
  "beat",
  "verdict",
  "signer",
  "window",
  "self",
  "human",
];

export function isVariable(name: string): name is CelVariable {
  return VARIABLES.some((variable) => variable === name);
}

export function checkName(
  pass: CheckPass,
  node: CelNode & { readonly op: "name" },
  view: View,
): CheckedNode {
  const local = view.locals.get(node.name);
  if (local !== undefined) {
    const { slot, type, bounded } = local;
    const marks = { offset: node.offset, end: node.end, scopeFree: true, slotMin: slot };
    return narrowed({ ...marks, op: "local", slot, type, bounded }, view);
  }
  if (!isVariable(node.name)) return refuse(pass, node, unknownName(pass, node.name));
  pass.variables.add(node.name);
  const { configValue } = pass.environment;
  if (node.name === "config" && configValue !== undefined) return constant(node, configValue);
  const type = typeOfVariable(pass, node.name);
  const bounded = node.name !== "reads" && !isDyn(type);
  const marks = { offset: node.offset, end: node.end, scopeFree: false, slotMin: Infinity };
  return narrowed({ ...marks, op: "variable", name: node.name, type, bounded }, view);
}

function typeOfVariable(pass: CheckPass, name: CelVariable): CelType {
  switch (name) {
    case "at":
      return AT;
    case "beat":
      return BEAT;
    case "verdict":
      return VERDICT;
    case "signer":
      return SIGNER;
    case "window":
      return WINDOW;
    case "self":
      return SELF;
    case "human":
      return BOOL;
    default:
      return pass.environment[name];
  }
}

function unknownName(pass: CheckPass, name: string): string {
  for (const variable of ["context", "inputs", "config", "reads"] as const) {
    if (memberOfKind(pass.environment[variable], "record")?.fields.has(name) === true) {
      return `unknown name \`${name}\`; is it \`${variable}.${name}\`?`;
    }
  }
  return `unknown name \`${name}\`; the variables are ${VARIABLES.join(", ")}`;
}

/** Applies what the facts say about a path. */
function narrowed(node: CheckedNode, view: View): CheckedNode {
  const path = pathOf(node);
  const type = path === undefined ? undefined : view.facts.get(path)?.type;
  return type === undefined ? node : { ...node, type };
}

export function checkField(
  pass: CheckPass,
  node: CelNode & { readonly op: "field" },
  view: View,
): CheckedNode {
  const of = pass.check(node.of, view);
  return fieldOf(pass, { node, of, name: node.name, nameOffset: node.nameOffset }, view);
}

interface FieldAccess {
  readonly node: CelNode;
  readonly of: CheckedNode;
  readonly name: string;
  readonly nameOffset: number;
}

function fieldOf(pass: CheckPass, access: FieldAccess, view: View): CheckedNode {
  const { node, of, name } = access;
  if (isBroken(of)) return broken(node);
  const field = lookUp(pass, access);
  if (field === undefined) return broken(node);
  const path = pathOfField(of, name);
  const isPresent = path !== undefined && view.facts.get(path)?.isPresent === true;
  if (field.optional && !isPresent) {
    return refuse(pass, node, unguarded(pass, access), access.nameOffset);
  }
  if (of.op === "constant" && isJsonObject(of.value)) return constant(node, of.value[name] ?? null);
  const certain = !field.optional && of.bounded && of.type.kind === "record";
  const checked = made(node, field.type, [of], { op: "field", of, name, certain });
  return narrowed({ ...checked, bounded: of.bounded && !isDyn(field.type) }, view);
}

function unguarded(pass: CheckPass, access: FieldAccess): string {
  const of = textOf(pass, access.of);
  if (pathOf(access.of) === undefined) {
    return `\`${access.name}\` may be missing and this value has no name to guard; take it from a variable`;
  }
  return `\`${access.name}\` may be missing; guard it: \`has(${of}.${access.name}) && …\``;
}

/** The field's type, or a report and undefined where there is none. */
function lookUp(
  pass: CheckPass,
  access: FieldAccess,
): { readonly type: CelType; readonly optional: boolean } | undefined {
  const { of, name } = access;
  if (!needs(pass, of, ["record", "map"], `it has no field \`${name}\``)) return undefined;
  const member = membersOf(of.type)[0] ?? DYN;
  if (member.kind === "map") return { type: member.value, optional: true };
  if (member.kind !== "record") return { type: DYN, optional: true };
  const field = member.fields.get(name);
  if (field !== undefined) return field;
  const names = [...member.fields.keys()].join(", ");
  const known = names === "" ? "it has no fields" : `its fields are ${names}`;
  const message = `\`${textOf(pass, of)}\` has no field \`${name}\`; ${known}`;
  pass.problems.push({ message, offset: access.nameOffset });
  return undefined;
}

/** `has(x.name)`: asks only whether the last field is there; what leads to it must be certain. */
export function checkHas(
  pass: CheckPass,
  node: CelNode & { readonly op: "call" },
  view: View,
): CheckedNode {
  const [argument, ...others] = node.args;
  if (argument?.op !== "field" || others.length > 0) {
    return refuse(pass, node, "`has` takes one field, as in `has(context.note)`");
  }
  const of = pass.check(argument.of, view);
  if (isBroken(of)) return broken(node);
  const { name, nameOffset } = argument;
  if (lookUp(pass, { node: argument, of, name, nameOffset }) === undefined) return broken(node);
  return made(node, BOOL, [of], { op: "has", of, name });
}

export function checkIndex(
  pass: CheckPass,
  node: CelNode & { readonly op: "index" },
  view: View,
): CheckedNode {
  const of = pass.check(node.of, view);
  const key = pass.check(node.key, view);
  if (isBroken(of) || isBroken(key)) return broken(node);
  if (!needs(pass, of, ["record", "map", "list"], "only lists, maps and records have members")) {
    return broken(node);
  }
  if (key.op === "constant" && typeof key.value === "string" && !isList(of.type)) {
    return fieldOf(pass, { node, of, name: key.value, nameOffset: key.offset }, view);
  }
  if (!isKey(pass, of.type, key)) return broken(node);
  const type = unionOf(membersOf(of.type).map(typeOfMember));
  const checked = made(node, type, [of, key], { op: "index", of, key });
  return { ...checked, bounded: of.bounded && !isDyn(type) };
}

function isKey(pass: CheckPass, of: CelType, key: CheckedNode): boolean {
  if (isDyn(of)) return needs(pass, key, ["string", "int"], "a string or an int is needed here");
  if (isList(of)) return needs(pass, key, ["int"], "an int is needed here");
  return needs(pass, key, ["string"], "a string is needed here");
}

function isList(type: CelType): boolean {
  return membersOf(type).every((member) => member.kind === "list");
}

function typeOfMember(type: CelType): CelType {
  if (type.kind === "list") return type.item;
  return isKeyed(type) ? asMap(type).value : DYN;
}
