/** Brackets that open, each with the one that closes it. */
const OPENING = "([{";
const CLOSING = ")]}";

/**
 * The place behind the bracket that closes the one at `at` of masked `code`; the end of the code where none does. Angles are
 * not counted: an arrow and a comparison have them too.
 */
export function afterBracket(code: string, at: number): number {
  let depth = 0;
  for (let place = at; place < code.length; place += 1) {
    const sign = code[place] ?? "";
    if (OPENING.includes(sign)) depth += 1;
    if (CLOSING.includes(sign)) depth -= 1;
    if (depth === 0) return place + 1;
  }
  return code.length;
}

/** The place behind the angle that closes the one at `at` of masked `code`; undefined where it is a comparison and none does. */
export function afterAngle(code: string, at: number): number | undefined {
  let depth = 0;
  for (let place = at; place < code.length;) {
    const sign = code[place] ?? "";
    if (OPENING.includes(sign)) {
      place = afterBracket(code, place);
      continue;
    }
    if (sign === ";" || CLOSING.includes(sign)) return undefined;
    if (sign === "<") depth += 1;
    // An arrow's is no bracket.
    if (sign === ">" && code[place - 1] !== "=") depth -= 1;
    place += 1;
    if (depth === 0) return place;
  }
  return undefined;
}

/** The place of the first sign of `code` from `at` on that is no space. */
export function afterSpace(code: string, at: number): number {
  let place = at;
  while (place < code.length && (code[place] ?? "").trim() === "") place += 1;
  return place;
}

/**
 * Names of the parameters in `list`, masked code between the parentheses of a signature: those that are plainly named. Left
 * out are destructured ones, `this`, and what begins with an underscore.
 */
export function parameterNames(list: string): readonly string[] {
  return splitList(list).flatMap((part) => {
    const [name] = NAME.exec(part.replace(BEFORE_NAME, "")) ?? [];
    return name === undefined || name === "this" || name.startsWith("_") ? [] : [name];
  });
}

const NAME = /^[\p{ID_Start}_$][\p{ID_Continue}$]*/u;
/** Decorators, what makes a parameter a property, the dots of the rest. */
const BEFORE_NAME =
  /^\s*(?:@[\w$.]+(?:\([^)]*\))?\s*)*(?:(?:public|private|protected|readonly|override)\s+)*(?:\.\.\.\s*)?/;

/** Parts between the commas that stand in no bracket. */
function splitList(list: string): readonly string[] {
  const parts: string[] = [];
  let [start, at, isDefault] = [0, 0, false];
  while (at < list.length) {
    const sign = list[at] ?? "";
    if (OPENING.includes(sign)) {
      at = afterBracket(list, at);
      continue;
    }
    const behind = sign === "<" ? afterAngle(list, at) : undefined;
    if (behind !== undefined && (!isDefault || isOfType(list, at, behind))) {
      at = behind;
      continue;
    }
    if (sign === ",") {
      parts.push(list.slice(start, at));
      [start, isDefault] = [at + 1, false];
    }
    // `=>` belongs to the type of a function.
    if (sign === "=" && list[at + 1] !== ">") isDefault = true;
    at += 1;
  }
  return [...parts, list.slice(start)];
}

/** In a default's value an angle is a bracket only before a call, and behind the name of a type. */
function isOfType(list: string, at: number, behind: number): boolean {
  return (
    list[afterSpace(list, behind)] === "(" ||
    /\b(?:as|satisfies)\s+[\w$.]+$/.test(list.slice(0, at))
  );
}
