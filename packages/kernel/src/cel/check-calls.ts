import { keyProblem } from "../json/key.ts";
import { quote } from "../json/quote.ts";
import type { CelField, CelType } from "./cel.ts";
import type { CelNode } from "./cel-node.ts";
import { lengthMaxOf, listOf } from "./arithmetic-type.ts";
import { checkHas } from "./check-access.ts";
import { checkLoop, isLoopMethod } from "./check-loop.ts";
import type { CheckPass, View } from "./check-pass.ts";
import { broken, isBroken, made, needs, refuse, textOf } from "./check-pass.ts";
import type { CheckedNode } from "./checked-node.ts";
import { bytesOfEntries } from "./bytes-of-result.ts";
import { BOOL, unionOf } from "./type-union.ts";

type CallNode = CelNode & { readonly op: "call" };

const FUNCTIONS = "has(x.y), size(x), string(int), In('path')";
const METHODS =
  "size(), all(), exists(), exists_one(), map(), filter(), startsWith(), endsWith(), contains(), join()";

export function checkCall(pass: CheckPass, node: CallNode, view: View): CheckedNode {
  const { receiver } = node;
  if (receiver !== undefined) return checkMethod(pass, node, receiver, view);
  switch (node.name) {
    case "has":
      return checkHas(pass, node, view);
    case "In":
      return checkActive(pass, node);
    case "size":
      return hasArguments(pass, node, 1) ? checkSize(pass, node, node.args[0], view) : broken(node);
    case "string":
      return hasArguments(pass, node, 1)
        ? checkString(pass, node, node.args[0], view)
        : broken(node);
    default:
      return refuse(pass, node, `unknown function \`${node.name}\`; there are ${FUNCTIONS}`);
  }
}

function checkMethod(pass: CheckPass, node: CallNode, receiver: CelNode, view: View): CheckedNode {
  const { name } = node;
  if (isLoopMethod(name)) return checkLoop(pass, node, name, receiver, view);
  switch (name) {
    case "size":
      return hasArguments(pass, node, 0) ? checkSize(pass, node, receiver, view) : broken(node);
    case "startsWith":
    case "endsWith":
    case "contains": {
      if (!hasArguments(pass, node, 1)) return broken(node);
      const of = pass.check(receiver, view);
      const part = checkArgument(pass, node, view);
      needs(pass, of, ["string"], `\`${name}\` needs a string before the dot`);
      needs(pass, part, ["string"], `\`${name}\` needs a string`);
      return made(node, BOOL, [of, part], { op: "search", how: name, of, part });
    }
    case "join":
      return checkJoin(pass, node, receiver, view);
    default:
      pass.check(receiver, view);
      return refuse(
        pass,
        node,
        `unknown method \`${name}\`; there are ${METHODS}`,
        node.nameOffset,
      );
  }
}

function hasArguments(pass: CheckPass, node: CallNode, count: number): boolean {
  if (node.args.length === count) return true;
  const wanted = count === 0 ? "no argument" : `${count} argument`;
  refuse(pass, node, `\`${node.name}\` takes ${wanted}, not ${node.args.length}`, node.nameOffset);
  return false;
}

function checkArgument(pass: CheckPass, node: CallNode, view: View): CheckedNode {
  const [argument] = node.args;
  return argument === undefined ? broken(node) : pass.check(argument, view);
}

function checkSize(
  pass: CheckPass,
  node: CelNode,
  argument: CelNode | undefined,
  view: View,
): CheckedNode {
  const of = argument === undefined ? broken(node) : pass.check(argument, view);
  needs(
    pass,
    of,
    ["string", "list", "map", "record"],
    "`size` needs a string, a list, a map or a record",
  );
  const type: CelType = { kind: "int", min: 0, max: Number.MAX_SAFE_INTEGER };
  return { ...made(node, type, [of], { op: "size", of }), bounded: true };
}

function checkString(
  pass: CheckPass,
  node: CelNode,
  argument: CelNode | undefined,
  view: View,
): CheckedNode {
  const of = argument === undefined ? broken(node) : pass.check(argument, view);
  needs(pass, of, ["int"], "`string` needs an int");
  const type: CelType = { kind: "string", lengthMax: String(Number.MIN_SAFE_INTEGER).length };
  return { ...made(node, type, [of], { op: "string", of }), bounded: true };
}

function checkJoin(pass: CheckPass, node: CallNode, receiver: CelNode, view: View): CheckedNode {
  if (node.args.length > 1)
    return refuse(pass, node, "`join` takes one separator or none", node.nameOffset);
  const of = pass.check(receiver, view);
  const [argument] = node.args;
  const separator = argument === undefined ? undefined : pass.check(argument, view);
  if (isBroken(of) || !needs(pass, of, ["list"], "`join` needs a list before the dot"))
    return broken(node);
  if (separator !== undefined) needs(pass, separator, ["string"], "`join` needs a string");
  const list = listOf(of.type);
  needs(pass, { ...of, type: list.item }, ["string"], "`join` needs a list of strings");
  const between = separator === undefined ? 0 : lengthMaxOf(separator.type);
  const lengthMax =
    list.itemsMax * lengthMaxOf(list.item) + Math.max(list.itemsMax - 1, 0) * between;
  const parts = separator === undefined ? [of] : [of, separator];
  return made(node, { kind: "string", lengthMax }, parts, { op: "join", of, separator });
}

function checkActive(pass: CheckPass, node: CallNode): CheckedNode {
  const [path, ...others] = node.args;
  if (path?.op !== "literal" || typeof path.value !== "string" || others.length > 0) {
    return refuse(pass, node, "`In` takes one state's path in quotes, as in `In('Flow.DRAFT')`");
  }
  const state = pass.environment.stateIndex(path.value);
  if (state === undefined) {
    return refuse(
      pass,
      node,
      `no state has the path ${quote(path.value)}${pass.environment.hintOfState?.(path.value) ?? "; leave the chart's name out"}`,
      path.offset,
    );
  }
  return { ...made(node, BOOL, [], { op: "active", state }), scopeFree: false };
}

export function checkList(
  pass: CheckPass,
  node: CelNode & { readonly op: "list" },
  view: View,
): CheckedNode {
  const items = node.items.map((item) => pass.check(item, view));
  const type: CelType = {
    kind: "list",
    item: unionOf(items.map((item) => item.type)),
    itemsMax: items.length,
  };
  return made(node, type, items, { op: "list", items });
}

/** With literal keys alone the value is a record, else a map. */
export function checkMap(
  pass: CheckPass,
  node: CelNode & { readonly op: "map" },
  view: View,
): CheckedNode {
  const fields = new Map<string, CelField>();
  let isRecord = true;
  const entries = node.entries.map(([keyNode, valueNode]) => {
    const key = pass.check(keyNode, view);
    const value = pass.check(valueNode, view);
    if (!needs(pass, key, ["string"], "keys are strings")) return [key, value] as const;
    if (key.op !== "constant" || typeof key.value !== "string") isRecord = false;
    else {
      const problem = fields.has(key.value)
        ? `the key ${textOf(pass, key)} is there twice`
        : keyProblem(key.value);
      if (problem !== undefined) refuse(pass, keyNode, problem);
      fields.set(key.value, { type: value.type, optional: false });
    }
    return [key, value] as const;
  });
  const values = entries.map(([, value]) => value.type);
  const type: CelType = isRecord
    ? { kind: "record", fields }
    : {
        kind: "map",
        value: unionOf(values),
        entriesMax: entries.length,
        bytesMax: bytesOfEntries(entries),
      };
  return made(node, type, entries.flat(), { op: "map", entries });
}
