import type { ASTNode } from "@marcbachmann/cel-js";
import { Environment } from "@marcbachmann/cel-js";
import { isWellFormed } from "../json/text.ts";
import { unsafeInteger } from "../json/number.ts";
import { quote } from "../json/quote.ts";
import { CEL_DEPTH_MAX, CEL_SOURCE_MAX } from "../limits.ts";
import type { CelProblem } from "./cel.ts";
import type { CelNode } from "./cel-node.ts";
import { scanNesting } from "./scan-nesting.ts";
import { syntaxProblem } from "./syntax-problem.ts";

export type CelParse =
  | { readonly ok: true; readonly node: CelNode }
  | { readonly ok: false; readonly problems: readonly CelProblem[] };

/**
 * Only the parser of the library is used, and only here; `scanNesting` has bounded its recursion before.
 * Its own bounds are set so wide that ours are always met first.
 */
const LIBRARY = new Environment({
  unlistedVariablesAreDyn: true,
  limits: {
    maxDepth: CEL_SOURCE_MAX,
    maxAstNodes: 4 * CEL_SOURCE_MAX,
    maxListElements: CEL_SOURCE_MAX,
    maxMapEntries: CEL_SOURCE_MAX,
    maxCallArguments: CEL_SOURCE_MAX,
  },
});

/** Source text to the tree of what is allowed; every forbidden thing in it is one problem. Never throws. */
export function parseCel(source: string): CelParse {
  const early = sourceProblem(source);
  if (early !== undefined) return { ok: false, problems: [early] };
  try {
    const pass: Pass = { source, problems: [], isTooDeep: false };
    const node = convert(pass, LIBRARY.parse(source).ast, 1);
    if (pass.problems.length > 0) return { ok: false, problems: pass.problems };
    return { ok: true, node };
  } catch (error) {
    return { ok: false, problems: [syntaxProblem(error, source)] };
  }
}

function sourceProblem(source: string): CelProblem | undefined {
  if (source.length > CEL_SOURCE_MAX) {
    return {
      message: `${source.length} characters of expression; ${CEL_SOURCE_MAX} are allowed`,
      offset: CEL_SOURCE_MAX,
    };
  }
  if (!isWellFormed(source)) {
    return { message: "the text has a lone surrogate", offset: source.search(/\p{Surrogate}/u) };
  }
  if (source.trim() === "") return { message: "the expression is empty", offset: 0 };
  return scanNesting(source, CEL_DEPTH_MAX);
}

interface Pass {
  readonly source: string;
  readonly problems: CelProblem[];
  /** Said once: the parts below have the same problem. */
  isTooDeep: boolean;
}

function refuse(pass: Pass, node: ASTNode, message: string, offset = node.start): CelNode {
  pass.problems.push({ message, offset });
  return stub(node);
}

function stub(node: ASTNode): CelNode {
  return { op: "literal", value: null, offset: node.start, end: node.end };
}

function refuseDepth(pass: Pass, node: ASTNode): CelNode {
  if (pass.isTooDeep) return stub(node);
  pass.isTooDeep = true;
  return refuse(pass, node, `nested deeper than ${CEL_DEPTH_MAX}; split the expression`);
}

function convert(pass: Pass, node: ASTNode, depth: number): CelNode {
  const place = { offset: node.start, end: node.end };
  if (depth > CEL_DEPTH_MAX) return refuseDepth(pass, node);
  const inner = (child: ASTNode): CelNode => convert(pass, child, depth + 1);
  switch (node.op) {
    case "value":
      return convertLiteral(pass, node, node.args);
    case "id":
      return { op: "name", name: node.args, ...place };
    case ".": {
      const [of, name] = node.args;
      return { op: "field", of: inner(of), name, nameOffset: node.pos, ...place };
    }
    case "[]":
      return { op: "index", of: inner(node.args[0]), key: inner(node.args[1]), ...place };
    case "!_":
      return { op: "not", of: inner(node.args), ...place };
    case "-_":
      return { op: "negate", of: inner(node.args), ...place };
    case "?:": {
      const [condition, yes, no] = node.args;
      return { op: "if", condition: inner(condition), yes: inner(yes), no: inner(no), ...place };
    }
    case "list":
      return { op: "list", items: node.args.map(inner), ...place };
    case "map":
      return {
        op: "map",
        entries: node.args.map(([key, value]) => [inner(key), inner(value)] as const),
        ...place,
      };
    case "call": {
      const [name, args] = node.args;
      const call = { op: "call", name, nameOffset: node.start, receiver: undefined } as const;
      return { ...call, args: args.map(inner), ...place };
    }
    case "rcall": {
      const [name, receiver, args] = node.args;
      const nameOffset = Math.max(node.start, pass.source.indexOf(name, receiver.end));
      return {
        op: "call",
        name,
        nameOffset,
        receiver: inner(receiver),
        args: args.map(inner),
        ...place,
      };
    }
    case ".?":
    case "[?]":
      return refuse(pass, node, "optional access is not part of the dialect; use `has(…)`");
    default:
      return {
        op: "binary",
        how: node.op,
        left: inner(node.args[0]),
        right: inner(node.args[1]),
        ...place,
      };
  }
}

function convertLiteral(pass: Pass, node: ASTNode, value: unknown): CelNode {
  const place = { offset: node.start, end: node.end };
  if (value === null || typeof value === "boolean" || typeof value === "string") {
    return { op: "literal", value, ...place };
  }
  const token = pass.source.slice(node.start, node.end);
  if (typeof value === "bigint") {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return { op: "literal", value: number, ...place };
    return refuse(pass, node, unsafeInteger(token));
  }
  if (typeof value === "number") {
    return refuse(pass, node, `${quote(token)} is a double; numbers here are integers`);
  }
  if (value instanceof Uint8Array) {
    return refuse(pass, node, "bytes are not part of the dialect; use a string");
  }
  return refuse(pass, node, `${quote(token)} is unsigned; numbers here are plain integers`);
}
