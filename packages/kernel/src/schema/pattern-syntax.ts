import { PATTERN_COUNT_MAX, PATTERN_GROUPS_MAX, PATTERN_LENGTH_MAX } from "../limits.ts";
import { quote } from "../json/quote.ts";
import type { CodePointRanges } from "./code-point-set.ts";
import { complementOf, rangesOf } from "./code-point-set.ts";

/** A regular expression of the safe subset: everything in it is regular in the strict sense. */
export type PatternNode =
  | { readonly kind: "set"; readonly ranges: CodePointRanges }
  | { readonly kind: "start" | "end" }
  | { readonly kind: "sequence"; readonly parts: readonly PatternNode[] }
  | { readonly kind: "choice"; readonly options: readonly PatternNode[] }
  /** `max` null: without end. */
  | {
      readonly kind: "repeat";
      readonly body: PatternNode;
      readonly min: number;
      readonly max: number | null;
    };

export type ParsedPattern =
  | { readonly ok: true; readonly node: PatternNode }
  | { readonly ok: false; readonly problem: string };

/**
 * The safe subset of ECMA-262 patterns (with the `u` flag): literals, `.`, classes, `\d \w \s` and their complements,
 * `\n \r \t \f \v \xHH \uHHHH \u{H…}`, escaped syntax characters, `( )`, `(?: )`, `|`, `? * + {m} {m,} {m,n}`, `^`, `$`.
 * One difference: `\s` is ASCII space alone. Refused: flags, back-references, look-around, lazy and possessive counts,
 * `\b`, `\p`, unescaped `{ } ]`.
 */
export function parsePattern(source: string): ParsedPattern {
  if (source.length > PATTERN_LENGTH_MAX) {
    return {
      ok: false,
      problem: `the pattern has ${source.length} characters; at most ${PATTERN_LENGTH_MAX}`,
    };
  }
  const parser = new PatternParser([...source]);
  const node = parser.parse();
  if (node !== undefined) return { ok: true, node };
  return {
    ok: false,
    problem: `${parser.problem}, at character ${parser.at + 1} of ${quote(source)}`,
  };
}

const DIGITS: CodePointRanges = [[0x30, 0x39]];
const WORD: CodePointRanges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const SPACE: CodePointRanges = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const LINE_ENDS: CodePointRanges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];
const CLASS_ESCAPES: ReadonlyMap<string, CodePointRanges> = new Map([
  ["d", DIGITS],
  ["w", WORD],
  ["s", SPACE],
  ["D", complementOf(DIGITS)],
  ["W", complementOf(WORD)],
  ["S", complementOf(SPACE)],
]);
const CONTROL_ESCAPES: ReadonlyMap<string, number> = new Map([
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
  ["f", 0x0c],
  ["v", 0x0b],
]);
const SYNTAX = new Set("^$\\.*+?()[]{}|/");
const COUNT = /^\{(\d{1,6})(?:(,)(\d{1,6})?)?\}/;
const HEX_ESCAPE = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/;

/** Owns one pass over one pattern, by code points. Every method gives undefined once there is a `problem`. */
class PatternParser {
  problem = "";
  at = 0;
  readonly #points: readonly string[];
  #groups = 0;

  constructor(points: readonly string[]) {
    this.#points = points;
  }

  parse(): PatternNode | undefined {
    const node = this.#choice();
    if (node === undefined || this.at === this.#points.length) return node;
    return this.#refuse(`${quote(this.#peek())} closes nothing`);
  }

  #choice(): PatternNode | undefined {
    const options: PatternNode[] = [];
    do {
      const option = this.#sequence();
      if (option === undefined) return undefined;
      options.push(option);
    } while (this.#take("|"));
    return options.length === 1 ? options[0] : { kind: "choice", options };
  }

  #sequence(): PatternNode | undefined {
    const parts: PatternNode[] = [];
    while (this.at < this.#points.length && this.#peek() !== "|" && this.#peek() !== ")") {
      const atom = this.#atom();
      const part = atom === undefined ? undefined : this.#counted(atom);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return { kind: "sequence", parts };
  }

  #atom(): PatternNode | undefined {
    const start = this.#peek();
    switch (start) {
      case "^":
      case "$":
        this.at += 1;
        return { kind: start === "^" ? "start" : "end" };
      case ".":
        this.at += 1;
        return { kind: "set", ranges: complementOf(LINE_ENDS) };
      case "(":
        return this.#group();
      case "[":
        return this.#class();
      case "\\":
        return this.#set(this.#escape(false));
      case "*":
      case "+":
      case "?":
        return this.#refuse(`${quote(start)} has nothing to repeat`);
      case "]":
      case "{":
      case "}":
        return this.#refuse(`${quote(start)} must be escaped`);
      default:
        this.at += 1;
        return this.#set([pointOf(start)]);
    }
  }

  #set(ranges: CodePointRanges | readonly number[] | undefined): PatternNode | undefined {
    if (ranges === undefined) return undefined;
    return {
      kind: "set",
      ranges: ranges.map((range): readonly [number, number] =>
        typeof range === "number" ? [range, range] : range,
      ),
    };
  }

  #group(): PatternNode | undefined {
    this.at += 1;
    this.#groups += 1;
    if (this.#groups > PATTERN_GROUPS_MAX) {
      return this.#refuse(`groups are more than ${PATTERN_GROUPS_MAX} deep`);
    }
    if (this.#take("?") && !this.#take(":")) {
      return this.#refuse("of the groups that begin with (? only (?: ) is allowed");
    }
    const body = this.#choice();
    if (body === undefined) return undefined;
    if (!this.#take(")")) return this.#refuse("a group is not closed");
    this.#groups -= 1;
    return body;
  }

  #counted(atom: PatternNode): PatternNode | undefined {
    const sign = this.#peek();
    if (sign !== "*" && sign !== "+" && sign !== "?" && sign !== "{") return atom;
    if (atom.kind === "start" || atom.kind === "end") {
      return this.#refuse("an anchor cannot be repeated");
    }
    const count = this.#count(sign);
    if (count === undefined) return undefined;
    if (["*", "+", "?", "{"].includes(this.#peek())) {
      return this.#refuse("a repetition cannot be repeated, made lazy or possessive");
    }
    return { kind: "repeat", body: atom, ...count };
  }

  #count(sign: "*" | "+" | "?" | "{"): { min: number; max: number | null } | undefined {
    if (sign !== "{") {
      this.at += 1;
      return { min: sign === "+" ? 1 : 0, max: sign === "?" ? 1 : null };
    }
    const found = COUNT.exec(this.#points.slice(this.at, this.at + 16).join(""));
    if (found === null) return this.#refuse('"{" must be escaped, or be a count like {2,5}');
    const min = Number(found[1]);
    const max = found[2] === undefined ? min : found[3] === undefined ? null : Number(found[3]);
    if (Math.max(min, max ?? 0) > PATTERN_COUNT_MAX) {
      return this.#refuse(`${found[0]} repeats too often; at most ${PATTERN_COUNT_MAX} times`);
    }
    if (max !== null && max < min)
      return this.#refuse(`${found[0]} has its bounds in the wrong order`);
    this.at += found[0].length;
    return { min, max };
  }

  #class(): PatternNode | undefined {
    this.at += 1;
    const isNegated = this.#take("^");
    const parts: (readonly [number, number])[] = [];
    while (!this.#take("]")) {
      if (this.at >= this.#points.length) return this.#refuse("a class is not closed");
      const range = this.#classRange();
      if (range === undefined) return undefined;
      parts.push(...range);
    }
    const ranges = rangesOf(parts);
    return { kind: "set", ranges: isNegated ? complementOf(ranges) : ranges };
  }

  #classRange(): CodePointRanges | undefined {
    const first = this.#classAtom();
    if (
      first === undefined ||
      this.#peek() !== "-" ||
      [undefined, "]"].includes(this.#points[this.at + 1])
    ) {
      return first;
    }
    this.at += 1;
    const last = this.#classAtom();
    if (last === undefined) return undefined;
    const low = singleOf(first);
    const high = singleOf(last);
    if (low === undefined || high === undefined)
      return this.#refuse("a class like \\d cannot bound a range");
    if (low > high) return this.#refuse("a range has its bounds in the wrong order");
    return [[low, high]];
  }

  #classAtom(): CodePointRanges | undefined {
    const start = this.#peek();
    if (start === "\\") return this.#escape(true);
    if (start === "[") return this.#refuse('"[" inside a class must be escaped');
    this.at += 1;
    const point = pointOf(start);
    return [[point, point]];
  }

  #escape(inClass: boolean): CodePointRanges | undefined {
    const letter = this.#points[this.at + 1];
    if (letter === undefined) return this.#refuse('"\\" escapes nothing');
    const named = CLASS_ESCAPES.get(letter);
    const point =
      CONTROL_ESCAPES.get(letter) ??
      (SYNTAX.has(letter) || (inClass && letter === "-") ? pointOf(letter) : undefined);
    if (named !== undefined || point !== undefined) {
      this.at += 2;
      return named ?? (point === undefined ? [] : [[point, point]]);
    }
    const hex = HEX_ESCAPE.exec(this.#points.slice(this.at + 1, this.at + 11).join(""));
    const value = Number.parseInt(hex?.[1] ?? hex?.[2] ?? hex?.[3] ?? "", 16);
    if (hex === null || !(value <= 0x10_ffff) || (value >= 0xd800 && value <= 0xdfff)) {
      return this.#refuse(`the escape ${quote(`\\${letter}`)} is not in the safe subset`);
    }
    this.at += 1 + hex[0].length;
    return [[value, value]];
  }

  #peek(): string {
    return this.#points[this.at] ?? "";
  }

  #take(point: string): boolean {
    if (this.#points[this.at] !== point) return false;
    this.at += 1;
    return true;
  }

  #refuse(problem: string): undefined {
    this.problem = problem;
    return undefined;
  }
}

function pointOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

function singleOf(ranges: CodePointRanges): number | undefined {
  const [only, ...others] = ranges;
  if (only === undefined || others.length > 0 || only[0] !== only[1]) return undefined;
  return only[0];
}
