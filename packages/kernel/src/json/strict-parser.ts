import { assert } from "../invariant.ts";
import { objectInOrder } from "./canonical.ts";
import type { Json } from "./json.ts";
import { keyProblem } from "./key.ts";
import { unsafeInteger } from "./number.ts";
import { placeOfPath } from "./place.ts";
import { quote } from "./quote.ts";
import { isWellFormed } from "./text.ts";

export interface JsonFailure {
  readonly ok: false;
  /** Member that breaks a rule; of a text that is not JSON at all, the place of the whole. */
  readonly place: string;
  readonly problem: string;
  /** 1-based; columns and `offset` count UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export interface StrictParserOptions {
  readonly place: string;
  readonly depthMax: number;
}

/**
 * JSON (RFC 8259) by hand: refuses what `JSON.parse` lets pass, and says where. Recursion is at most `depthMax`
 * deep, and every unit of the text is looked at a bounded number of times.
 */
export function parseStrictly(
  text: string,
  options: StrictParserOptions,
): { readonly ok: true; readonly value: Json } | JsonFailure {
  const parser = new StrictParser(text, options);
  const value = parser.parse();
  if (value !== FAILED) return { ok: true, value };
  assert(parser.failure !== undefined, "a parser that fails says why");
  return parser.failure;
}

const FAILED: unique symbol = Symbol("failed");
type Failed = typeof FAILED;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const LITERALS: ReadonlyMap<string, null | boolean> = new Map<string, null | boolean>([
  ["null", null],
  ["true", true],
  ["false", false],
]);
const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;
const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
/** What stands at a position, taken far enough to be recognised. */
const NUMBER_TOKEN = /[-+.0-9][-+.0-9eE]*/y;
const WORD_TOKEN = /[A-Za-z_$][A-Za-z0-9_$]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Owns one pass over one text: the position, the path to it, and the first failure. */
class StrictParser {
  failure: JsonFailure | undefined;
  readonly #text: string;
  readonly #options: StrictParserOptions;
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string, options: StrictParserOptions) {
    this.#text = text;
    this.#options = options;
  }

  parse(): Json | Failed {
    if (this.#text.charCodeAt(0) === 0xfeff) {
      return this.#fail(0, "", "not JSON: the text begins with a byte order mark; leave it out");
    }
    const value = this.#value();
    if (value === FAILED) return FAILED;
    this.#skipSpaces();
    if (this.#at < this.#text.length) return this.#unexpected("the end of the text");
    assert(this.#path.length === 0, "every container that was opened is closed");
    return value;
  }

  #value(): Json | Failed {
    this.#skipSpaces();
    const unit = this.#text.charCodeAt(this.#at);
    if (unit === QUOTE) return this.#string();
    if (unit === OPEN_OBJECT || unit === OPEN_ARRAY) {
      if (this.#path.length >= this.#options.depthMax) {
        return this.#breach(`objects and arrays are more than ${this.#options.depthMax} deep`);
      }
      return unit === OPEN_OBJECT ? this.#object() : this.#array();
    }
    const token = this.#token(NUMBER_TOKEN);
    if (token !== "") return this.#number(token);
    const word = this.#token(WORD_TOKEN);
    const literal = LITERALS.get(word);
    if (literal === undefined) return this.#unexpected("a value");
    this.#at += word.length;
    return literal;
  }

  #array(): Json | Failed {
    const items: Json[] = [];
    this.#at += 1;
    this.#skipSpaces();
    if (this.#take(CLOSE_ARRAY)) return items;
    for (;;) {
      this.#path.push(items.length);
      const item = this.#value();
      if (item === FAILED) return FAILED;
      this.#path.pop();
      items.push(item);
      this.#skipSpaces();
      if (this.#take(CLOSE_ARRAY)) return items;
      if (!this.#take(COMMA)) return this.#unexpected('"," or "]"');
    }
  }

  #object(): Json | Failed {
    const members = new Map<string, Json>();
    this.#at += 1;
    this.#skipSpaces();
    if (this.#take(CLOSE_OBJECT)) return {};
    for (;;) {
      const key = this.#key(members);
      if (key === FAILED) return FAILED;
      this.#path.push(key);
      const member = this.#value();
      if (member === FAILED) return FAILED;
      this.#path.pop();
      members.set(key, member);
      this.#skipSpaces();
      if (this.#take(CLOSE_OBJECT)) break;
      if (!this.#take(COMMA)) return this.#unexpected('"," or "}"');
    }
    return objectInOrder([...members.keys()], (key) => members.get(key) ?? null);
  }

  #key(members: ReadonlyMap<string, Json>): string | Failed {
    this.#skipSpaces();
    if (this.#text.charCodeAt(this.#at) !== QUOTE)
      return this.#unexpected("a key in double quotes");
    const start = this.#at;
    const key = this.#string();
    if (key === FAILED) return FAILED;
    const problem = members.has(key) ? `the key ${quote(key)} is there twice` : keyProblem(key);
    if (problem !== undefined) return this.#breach(problem, start);
    this.#skipSpaces();
    return this.#take(COLON) ? key : this.#unexpected('":"');
  }

  #string(): string | Failed {
    const text = this.#text;
    const start = this.#at;
    let isPlain = true;
    for (let at = start + 1; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit === QUOTE) {
        this.#at = at + 1;
        return isPlain ? text.slice(start + 1, at) : this.#unescape(start);
      }
      if (unit === BACKSLASH) {
        ESCAPE.lastIndex = at;
        if (!ESCAPE.test(text)) return this.#badEscape(at);
        at = ESCAPE.lastIndex - 1;
        isPlain = false;
      } else if (unit < 0x20) {
        const name = `U+${unit.toString(16).toUpperCase().padStart(4, "0")}`;
        return this.#fail(at, "", `not JSON: ${name} inside a string; write it as an escape`);
      } else if ((unit & 0xf800) === 0xd800) isPlain = false;
    }
    this.#at = text.length;
    return this.#unexpected("the string's closing quote");
  }

  /** The token from `start` to the position was looked through: only surrogates can be wrong with it. */
  #unescape(start: number): string | Failed {
    const value: unknown = JSON.parse(this.#text.slice(start, this.#at));
    assert(typeof value === "string", "a string token gives a string");
    if (isWellFormed(value)) return value;
    return this.#breach(`${quote(value)} has a lone surrogate`, start);
  }

  #badEscape(at: number): Failed {
    const escape = this.#text.slice(at, at + (this.#text[at + 1] === "u" ? 6 : 2));
    return this.#fail(at, "", `not JSON: ${quote(escape)} is not an escape of JSON`);
  }

  #number(token: string): number | Failed {
    if (!INTEGER.test(token)) {
      if (!JSON_NUMBER.test(token))
        return this.#fail(this.#at, "", `not JSON: ${quote(token)} is not a number`);
      return this.#breach(
        `${token} is not an integer in plain digits; write whole numbers, or text`,
      );
    }
    if (token === "-0") return this.#breach("-0 is refused; write 0");
    const value = Number(token);
    if (!Number.isSafeInteger(value)) return this.#breach(unsafeInteger(token));
    this.#at += token.length;
    return value;
  }

  #skipSpaces(): void {
    while (SPACES.has(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  #take(unit: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== unit) return false;
    this.#at += 1;
    return true;
  }

  #token(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? "";
  }

  /** JSON, but not ours: the place is the member's. */
  #breach(problem: string, at: number = this.#at): Failed {
    return this.#fail(at, placeOfPath(this.#options.place, this.#path), problem);
  }

  /** Not JSON: the position says it, so `expected` is told with its column (and line, where there are several). */
  #unexpected(expected: string): Failed {
    const { line, column } = positionOf(this.#text, this.#at);
    const where = line === 1 ? `column ${column}` : `line ${line}, column ${column}`;
    const found = this.#found();
    const what = found === "" ? "the text ends" : `${quote(found)} stands`;
    return this.#fail(this.#at, "", `not JSON: ${what} at ${where} where ${expected} is expected`);
  }

  /** The word or the character at the position; the empty text at the end. */
  #found(): string {
    const point = this.#text.codePointAt(this.#at);
    if (point === undefined) return "";
    return this.#token(WORD_TOKEN) || String.fromCodePoint(point);
  }

  #fail(offset: number, place: string, problem: string): Failed {
    const position = positionOf(this.#text, offset);
    const named = place === "" ? this.#options.place : place;
    this.failure ??= { ok: false, place: named, problem, ...position, offset };
    return FAILED;
  }
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return { line, column: offset - lineStart + 1 };
}
