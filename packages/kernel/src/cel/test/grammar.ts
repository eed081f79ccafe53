import type { Schema } from "../../schema/schema.ts";
import type { Given } from "./given.ts";

const int: Schema = { type: "integer" };
const text: Schema = { type: "string", maxLength: 8 };

/** The names that a `Writer` uses, and what stands behind them. */
export const WRITERS_GIVEN: Given = {
  context: {
    type: "object",
    required: ["n", "m", "s", "t", "flag", "xs", "names", "tags"],
    properties: {
      n: int,
      m: int,
      s: text,
      t: text,
      flag: { type: "boolean" },
      xs: { type: "array", items: int, maxItems: 4 },
      names: { type: "array", items: text, maxItems: 4 },
      tags: { type: "object", additionalProperties: int },
      note: text,
    },
  },
  inputs: { type: "object", required: ["n", "s"], properties: { n: int, s: text } },
  reads: { x: undefined },
  states: ["s0", "s1"],
};

/** Numbers drawn by fast-check, read one by one; past the end always 0, so that texts come to an end and shrink well. */
export class Tape {
  readonly #numbers: readonly number[];
  #at = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#numbers.length;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    const number = this.#numbers[this.#at] ?? 0;
    this.#at += 1;
    return choices[number % choices.length] ?? choices[0];
  }
}

export type Kind = "int" | "bool" | "text" | "ints" | "texts" | "tags";
type Rule = (writer: Writer) => string;
type Rules = {
  readonly [K in Kind]: {
    readonly leaves: readonly [Rule, ...Rule[]];
    readonly deeper: readonly Rule[];
  };
};

/** Loop variables in sight, by kind. */
type Locals = Partial<Record<Kind, string>>;

/** Writes well-typed expressions over the surroundings of `WRITERS_GIVEN`. */
export class Writer {
  readonly #tape: Tape;
  readonly #depth: number;
  readonly #locals: Locals;

  constructor(tape: Tape, depth: number, locals: Locals = {}) {
    this.#tape = tape;
    this.#depth = depth;
    this.#locals = locals;
  }

  write(kind: Kind): string {
    const local = this.#locals[kind];
    const leaves =
      local === undefined ? RULES[kind].leaves : ([() => local, ...RULES[kind].leaves] as const);
    const isLeaf = this.#depth === 0 || this.#tape.isAtEnd;
    const rules = isLeaf
      ? leaves
      : ([...leaves, ...RULES[kind].deeper, ...RULES[kind].deeper] as const);
    const inner = new Writer(this.#tape, Math.max(this.#depth - 1, 0), this.#locals);
    return this.#tape.pick<Rule>([rules[0] ?? leaves[0], ...rules.slice(1)])(inner);
  }

  /** The body of a loop whose variable is of kind `kind`. */
  within(kind: Kind, body: Kind): { readonly name: string; readonly text: string } {
    const name = `v${this.#depth}`;
    const inner = new Writer(this.#tape, this.#depth, { ...this.#locals, [kind]: name });
    return { name, text: inner.write(body) };
  }

  pick(...choices: [string, ...string[]]): string {
    return this.#tape.pick(choices);
  }
}

/** A value of another instance, of which nothing is known at load. */
const UNKNOWN = (field: string, otherwise: string): string =>
  `(reads.x != null && has(reads.x.context.${field}) ? reads.x.context.${field} : ${otherwise})`;
const unknownField = (w: Writer): string => w.pick("a", "b", "c", "d");

const quantified = (w: Writer, over: "ints" | "texts" | "tags"): string => {
  const list = w.write(over);
  const { name, text } = w.within(over === "ints" ? "int" : "text", "bool");
  return `${list}.${w.pick("all", "exists", "exists_one")}(${name}, ${text})`;
};
const filtered = (w: Writer, over: "ints" | "texts"): string => {
  const list = w.write(over);
  const { name, text } = w.within(over === "ints" ? "int" : "text", "bool");
  return `${list}.filter(${name}, ${text})`;
};
const mapped = (w: Writer, over: "ints" | "texts" | "tags", to: "int" | "text"): string => {
  const list = w.write(over);
  const kind = over === "ints" ? "int" : "text";
  const { name, text } = w.within(kind, to);
  if (w.pick("plain", "conditional") === "plain") return `${list}.map(${name}, ${text})`;
  return `${list}.map(${name}, ${w.write("bool")}, ${text})`;
};
const conditional =
  (kind: Kind): Rule =>
  (w) =>
    `(${w.write("bool")} ? ${w.write(kind)} : ${w.write(kind)})`;
const orUnknown =
  (kind: Kind): Rule =>
  (w) =>
    UNKNOWN(unknownField(w), w.write(kind));

const RULES: Rules = {
  int: {
    leaves: [
      (w) => w.pick("0", "1", "2", "3", "7", "-1", "10", "at"),
      (w) => w.pick("context.n", "context.m", "inputs.n"),
      () => "9007199254740991",
    ],
    deeper: [
      (w) => `(${w.write("int")} ${w.pick("+", "-", "*", "/", "%")} ${w.write("int")})`,
      (w) => `(-(${w.write("int")} + 0))`,
      (w) => `${w.write(w.pick("text", "ints", "texts", "tags") as Kind)}.size()`,
      (w) => `size(${w.write("texts")})`,
      // The oracle takes `list[false]` for `list[0]`: the sum makes sure of an int.
      (w) => `${w.write("ints")}[${w.write("int")} + 0]`,
      (w) => `${w.write("tags")}[${w.write("text")}]`,
      () => "(has(context.note) ? size(context.note) : 0)",
      () => "(beat != null ? beat : -1)",
      conditional("int"),
      orUnknown("int"),
    ],
  },
  bool: {
    leaves: [
      (w) => w.pick("true", "false", "context.flag", "In('s0')", "In('s1')", "has(context.note)"),
    ],
    deeper: [
      (w) => `(${w.write("bool")} ${w.pick("&&", "||")} ${w.write("bool")})`,
      // The oracle reads `!!x` as `x` whatever x is (and `--x` likewise): something stands between.
      (w) => `!(${w.write("bool")} || false)`,
      (w) => {
        const kind = w.pick("int", "text", "bool") as Kind;
        return `(${w.write(kind)} ${w.pick("<", "<=", ">", ">=", "==", "!=")} ${w.write(kind)})`;
      },
      (w) => {
        const kind = w.pick("ints", "texts", "tags") as Kind;
        return `(${w.write(kind)} ${w.pick("==", "!=")} ${w.write(kind)})`;
      },
      (w) => `(${w.write("int")} in ${w.write("ints")})`,
      (w) => `(${w.write("text")} in ${w.write("texts")})`,
      (w) => `(${w.write("text")} in ${w.write("tags")})`,
      (w) =>
        `${w.write("text")}.${w.pick("startsWith", "endsWith", "contains")}(${w.write("text")})`,
      (w) => quantified(w, w.pick("ints", "texts", "tags") as "ints" | "texts" | "tags"),
      (w) =>
        `([${w.write("ints")}, ${w.write("ints")}] == [${w.write("ints")}, ${w.write("ints")}])`,
      () => "(has(context.note) && context.note != '')",
      () => "(!has(context.note) || context.note.size() > 2)",
      () => "(reads.x == null || 'OPEN' in reads.x.configuration)",
      conditional("bool"),
      orUnknown("bool"),
    ],
  },
  text: {
    leaves: [
      (w) => w.pick("''", "'a'", "'ab'", "'b'", "'é'", "'😀'", "'k1'"),
      (w) => w.pick("context.s", "context.t", "inputs.s"),
    ],
    deeper: [
      (w) => `(${w.write("text")} + ${w.write("text")})`,
      // The oracle converts more than ints, which the dialect does not: the sum makes sure of one.
      (w) => `string(${w.write("int")} + 0)`,
      (w) => `${w.write("texts")}.join(${w.write("text")})`,
      (w) => `${w.write("texts")}.join()`,
      (w) => `${w.write("texts")}[${w.write("int")} + 0]`,
      conditional("text"),
      orUnknown("text"),
    ],
  },
  ints: {
    leaves: [() => "context.xs", () => "[]", () => "[1, 2, 3]"],
    deeper: [
      (w) => `[${w.write("int")}, ${w.write("int")}]`,
      (w) => `(${w.write("ints")} + ${w.write("ints")})`,
      (w) => filtered(w, "ints"),
      (w) => mapped(w, w.pick("ints", "texts", "tags") as "ints", "int"),
      conditional("ints"),
      orUnknown("ints"),
    ],
  },
  texts: {
    leaves: [() => "context.names", () => "['a', 'b']"],
    deeper: [
      (w) => `[${w.write("text")}, ${w.write("text")}]`,
      (w) => `(${w.write("texts")} + ${w.write("texts")})`,
      (w) => filtered(w, "texts"),
      (w) => mapped(w, w.pick("ints", "texts", "tags") as "ints", "text"),
      conditional("texts"),
      orUnknown("texts"),
    ],
  },
  // Keys stand in order, because the oracle iterates over a map as it was written.
  tags: {
    leaves: [() => "context.tags", () => "{'a': 2, 'k1': 1}"],
    deeper: [
      (w) => `{'a': ${w.write("int")}, 'b': 3, 'z': ${w.write("int")}}`,
      conditional("tags"),
    ],
  },
};
