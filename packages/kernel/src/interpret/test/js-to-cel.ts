import { Unsupported } from "./unsupported.ts";

/** What an expression of an SCXML document (ECMAScript data model) may name. */
export interface JsNames {
  readonly data: ReadonlySet<string>;
  /** Path of the state with this SCXML id. */
  path(id: string): string;
}

const TOKEN =
  /\s*(?:('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|([A-Za-z_$][\w$]*)|(===|!==|==|!=|<=|>=|&&|\|\||[-+*%()<>!?:,[\]]))/y;
const WORDS = new Set(["true", "false", "null"]);

/** Translates the small part of ECMAScript that CEL has too; everything else is unsupported, with the reason. */
export function jsToCel(source: string, names: JsNames): string {
  const parts: string[] = [];
  let inState = false;
  TOKEN.lastIndex = 0;
  const text = source
    .trim()
    .replace(/;$/, "")
    .replaceAll(/Math\.pow\((\w+),\s*3\)/g, "($1 * $1 * $1)");
  let at = 0;
  while (at < text.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) throw new Unsupported(`ECMAScript: ${source.trim()}`);
    at = TOKEN.lastIndex;
    const [, string, number, word, sign] = match;
    if (string !== undefined) {
      const value = string.slice(1, -1);
      parts.push(JSON.stringify(inState ? names.path(value) : value));
    } else if (number !== undefined) {
      if (number.includes(".")) throw new Unsupported(`a fraction: ${number}`);
      parts.push(number);
    } else if (word !== undefined) {
      if (word === "In") inState = true;
      if (word === "In" || WORDS.has(word)) parts.push(word);
      else if (names.data.has(word)) parts.push(`context.${word}`);
      else throw new Unsupported(reasonOf(word));
    } else if (sign !== undefined) {
      if (sign === ")") inState = false;
      parts.push(sign === "===" ? "==" : sign === "!==" ? "!=" : sign);
    }
  }
  return parts.join(" ").replaceAll("In ( ", "In(");
}

/** What ECMAScript has and a chart has not, in words. */
const MISSING: { readonly [word: string]: string } = {
  _event: "ECMAScript: the data of an event (_event), which a chart does not see",
  typeof: "ECMAScript: typeof",
  return: "ECMAScript: a function (return)",
  undefined: "ECMAScript: undefined",
  instanceof: "ECMAScript: instanceof",
  in: "ECMAScript: the operator in",
};

function reasonOf(word: string): string {
  if (Object.hasOwn(MISSING, word)) return MISSING[word] ?? word;
  if (word.startsWith("_")) return `a system variable: ${word}`;
  return `a variable that no <data> declares with a value of one type: ${word}`;
}
