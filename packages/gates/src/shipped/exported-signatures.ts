import { afterAngle, afterBracket, afterSpace, parameterNames } from "./parameter-names.ts";

/** A function that users of a module can call, with its plainly named parameters. */
export interface ExportedSignature {
  /** `f`, `A.constructor`, `A.m`. */
  readonly name: string;
  /** Where its declaration begins in the code. */
  readonly at: number;
  readonly parameters: readonly string[];
  /** Of a constructor: where its class begins, whose comment may name the parameters as well. */
  readonly classAt?: number;
}

const IDENTIFIER = String.raw`[\p{ID_Start}_$][\p{ID_Continue}$]*`;
const EXPORTED = new RegExp(
  String.raw`(?<=^[^\S\n]*)export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(function\b\s*\*?|class\b|const\b|let\b|var\b)\s*(?!(?:extends|implements)\b)(${IDENTIFIER})?`,
  "gmu",
);
const MEMBER = new RegExp(
  String.raw`(?:@[\w$.]+(?:\([^)]*\))?\s+)*((?:(?:public|private|protected|static|override|abstract|async|declare|readonly)\s+)*)((?:[gs]et\s+)?)\*?\s*(#?${IDENTIFIER})\s*\??\s*(?=[<(])`,
  "yu",
);
const FUNCTION = new RegExp(String.raw`(?:async\s+)?function\b\s*\*?\s*(?:${IDENTIFIER})?`, "yu");
const ASYNC = /async\b\s*/y;
const LONE_PARAMETER = new RegExp(String.raw`(${IDENTIFIER})\s*=>`, "yu");
/** Signs after which a line goes on with what the line before has begun. */
const GOES_ON = /^(?:=>|[=(,+\-*/%&|?:<.![~^])$/;

/**
 * Functions that masked `code` exports at its declarations: `export function`, functions that are the value of an `export const`
 * (the first one of its list), constructors and methods of exported classes unless they are private or protected. In the order of
 * the file, and of its namespaces. Behind overloads the implementation is left out, since nobody sees it. Not seen are accessors, properties that hold
 * functions, computed names, and what is exported by a list or handed to a function first.
 */
export function exportedSignatures(code: string): readonly ExportedSignature[] {
  const found = [...code.matchAll(EXPORTED)].flatMap((declared) => {
    const [whole, kind = "", name = "default"] = declared;
    const end = declared.index + whole.length;
    if (kind === "class") return classMembers(code, { name, at: declared.index, end });
    const list = kind.startsWith("function")
      ? parameterList(code, end)
      : parameterListOfValue(code, end);
    return list === undefined
      ? []
      : [{ name, at: declared.index, parameters: parameterNames(list.text) }];
  });
  return found.filter(
    ({ name }, index) => found[index - 1]?.name !== name || found[index + 1]?.name === name,
  );
}

interface List {
  readonly text: string;
  /** Behind its closing parenthesis. */
  readonly end: number;
}

/** What stands in parentheses at a place, type parameters before them left out. */
function parameterList(code: string, from: number): List | undefined {
  let at = afterSpace(code, from);
  if (code[at] === "<") at = afterSpace(code, afterAngle(code, at) ?? code.length);
  if (code[at] !== "(") return undefined;
  const end = afterBracket(code, at);
  return { text: code.slice(at + 1, end - 1), end };
}

/** The parameters of the function that is a constant's value; undefined where it is none. */
function parameterListOfValue(code: string, from: number): List | undefined {
  const start = valueOf(code, from);
  if (start === undefined) return undefined;
  const keyword = matchAt(FUNCTION, code, start);
  if (keyword !== undefined) return parameterList(code, start + keyword[0].length);
  const at = start + (matchAt(ASYNC, code, start)?.[0].length ?? 0);
  const alone = matchAt(LONE_PARAMETER, code, at);
  if (alone?.[1] !== undefined) return { text: alone[1], end: at };
  const list = parameterList(code, at);
  if (list === undefined) return undefined;
  const behind = afterSpace(code, list.end);
  return code[behind] === ":" || code.startsWith("=>", behind) ? list : undefined;
}

/** Where the value of a constant begins, whose name ends at a place. */
function valueOf(code: string, from: number): number | undefined {
  for (let at = from; at < code.length;) {
    const sign = code[at] ?? "";
    if ("([{".includes(sign)) at = afterBracket(code, at);
    else if (sign === "<") at = afterAngle(code, at) ?? at + 1;
    else if (code.startsWith("=>", at)) at += 2;
    else if (sign === "=") return afterSpace(code, at + 1);
    else if (";)]}".includes(sign)) return undefined;
    else at += 1;
  }
  return undefined;
}

function classMembers(
  code: string,
  declared: { readonly name: string; readonly at: number; readonly end: number },
): readonly ExportedSignature[] {
  let at = startOfBody(code, declared.end);
  const end = afterBracket(code, at) - 1;
  const found: ExportedSignature[] = [];
  let before = code[at] ?? "";
  at += 1;
  while (at < end) {
    const sign = code[at] ?? "";
    const member = mayBegin(code, at, before) ? memberAt(code, at) : undefined;
    if (member !== undefined) {
      const { name, parameters, isPublic } = member;
      const classAt = name === "constructor" ? { classAt: declared.at } : {};
      if (isPublic) found.push({ name: `${declared.name}.${name}`, at, parameters, ...classAt });
      at = member.end;
      before = ")";
    } else if ("([{".includes(sign)) {
      at = afterBracket(code, at);
      before = code[at - 1] ?? "";
    } else {
      if (sign === ">" && code[at - 1] === "=") before = "=>";
      else if (sign.trim() !== "") before = sign;
      at += 1;
    }
  }
  return found;
}

/** The brace of a class whose name ends at a place; what it extends may have braces in its types. */
function startOfBody(code: string, from: number): number {
  let at = from;
  while (at < code.length && code[at] !== "{") {
    if (code[at] === "<") at = afterAngle(code, at) ?? at + 1;
    else if (code[at] === "(") at = afterBracket(code, at);
    else at += 1;
  }
  return at;
}

/** Whether a member may begin here: at the beginning of a line that does not go on with the one before, or behind the end of another. */
function mayBegin(code: string, at: number, before: string): boolean {
  if ((code[at] ?? "").trim() === "") return false;
  if ("{};".includes(before)) return true;
  const lineStart = code.lastIndexOf("\n", at - 1) + 1;
  return code.slice(lineStart, at).trim() === "" && !GOES_ON.test(before);
}

interface Member {
  readonly name: string;
  readonly isPublic: boolean;
  readonly parameters: readonly string[];
  /** Behind its parameters. */
  readonly end: number;
}

/** The method at a place; undefined where there is none: a body or a type stands behind a method's parameters. */
function memberAt(code: string, at: number): Member | undefined {
  const found = matchAt(MEMBER, code, at);
  if (found === undefined) return undefined;
  const [whole, modifiers = "", accessor = "", name = ""] = found;
  const list = parameterList(code, at + whole.length);
  // A constructor that is only declared ends there; any other name might be a call that ends a property's value.
  const behind = name === "constructor" ? ":{;" : ":{";
  if (list === undefined || !behind.includes(code[afterSpace(code, list.end)] ?? " "))
    return undefined;
  const isPublic =
    accessor === "" && !name.startsWith("#") && !/\b(?:private|protected)\b/.test(modifiers);
  return { name, isPublic, parameters: parameterNames(list.text), end: list.end };
}

/** The match of a sticky expression at this very place. */
function matchAt(expression: RegExp, code: string, at: number): RegExpExecArray | undefined {
  expression.lastIndex = at;
  return expression.exec(code) ?? undefined;
}
