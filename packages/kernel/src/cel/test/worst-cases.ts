import type { Json, JsonObject } from "../../json/json.ts";
import { CEL_SOURCE_MAX } from "../../limits.ts";
import type { Schema } from "../../schema/schema.ts";
import type { CelProgram, CelScope } from "../cel.ts";
import { compileCel } from "../compile-cel.ts";
import { environmentOf, scopeOf } from "./given.ts";

export interface WorstCase {
  readonly name: string;
  readonly program: CelProgram;
  /** A scope of its own for each call, so that no text is flat, hashed or shared from the call before. */
  scope(): CelScope;
}

const REF = "reads.x.context";
const READ = `reads.x != null && reads.y != null && ${["list", "text", "map"]
  .map((field) => `has(${REF}.${field}) && has(reads.y.context.${field})`)
  .join(" && ")} && `;

/** Bodies of a loop over the integers `n`, as long as the bound on steps lets it be. */
const BODIES: readonly string[] = [
  "string(i) == ''",
  "string(i) + string(i) == ''",
  "[i, i, i, i] == [i, i, i, 1]",
  "{'a': i, 'b': i} == {'a': i, 'b': 1}",
  "{} != {}",
  "{'a': {'b': {'c': {'d': i}}}} == {'a': {'b': {'c': {'d': 1}}}}",
  "{string(i) + 'a': i, string(i) + 'b': 2, string(i) + 'c': 3}.size() == 0",
  "([i] + [i] + [i]).size() == 0",
  "(context.ints + [i]).size() == 0",
  "context.map.size() == i",
  "context.map == {'k1': i}",
  "context.map == context.twin && false",
  "context.short + string(i) in context.map",
  "context.shorts.join(string(i)) == ''",
  "(context.short + string(i)).contains(context.half + 'x')",
  "(context.short + string(i)).size() == 0",
  "context.short + string(i) < context.short + string(i + 1) && false",
  "context.short + string(i) == context.other + string(i)",
  "context.shorts.exists(s, s == context.short)",
  "context.other in context.shorts",
  "i in context.ints",
  "context.ints.map(j, i / j).size() == 0",
  "context.records == context.copies && false",
  "{'k1': i} in context.records",
  "context.ints.filter(j, j % 2 == i).size() == 99",
  "i % 1000 * 3 / 2 % 7 - i + 4 == -99",
  "In('S') && at == i",
];

/** Expressions without a loop, repeated side by side as often as source and steps allow. */
const REPEATED: readonly string[] = [
  "context.long.contains(context.part)",
  "context.long.size() == 0",
  "context.long + context.part == context.long",
  "context.part + context.long < context.long && false",
  "context.long + 'x' in context.map",
  "{context.long: 1, context.part: 2}.size() == 0",
  "[context.long, context.part].join(context.part) == ''",
  `${REF}.list == reads.y.context.list && false`,
  `${REF}.map == reads.y.context.map && false`,
  `${REF}.text == reads.y.context.text && false`,
  `${REF}.text.contains(reads.y.context.text + 'b')`,
  `${REF}.map.size() == 0`,
  `${REF}.list.exists(i, i == -1)`,
  `!${REF}.map.all(k, k != '')`,
  `(${REF}.list + reads.y.context.list).size() == 0`,
  `(${REF}.text + reads.y.context.text).size() == 0`,
];

const text = (maxLength: number): Schema => ({ type: "string", maxLength });
const ints = (maxItems: number): Schema => ({
  type: "array",
  items: { type: "integer" },
  maxItems,
});
const records: Schema = {
  type: "array",
  maxItems: 16,
  items: { type: "object", required: ["k1"], properties: { k1: { type: "integer" } } },
};

function given(loopItems: number) {
  const properties = {
    n: ints(loopItems),
    ints: ints(16),
    shorts: { type: "array", maxItems: 16, items: text(64) },
    short: text(64),
    other: text(64),
    half: text(32),
    long: text(4_096),
    part: text(2_048),
    map: { type: "object", additionalProperties: { type: "integer" } },
    twin: { type: "object", additionalProperties: { type: "integer" } },
    records,
    copies: records,
  } as const;
  const context = { type: "object", properties, required: Object.keys(properties) } as const;
  return { context, reads: { x: undefined, y: undefined }, states: ["S"] } as const;
}

function list<T>(length: number, item: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => item(index));
}

function entries(length: number): JsonObject {
  return Object.fromEntries(list(length, (index) => [`k${String(index).padStart(5, "0")}`, index]));
}

/** Nearly equal texts, lists and maps, of one byte, of two bytes or of two units a character. */
function contextOf(loopItems: number, unit: string): JsonObject {
  return {
    copies: list(16, (index) => ({ k1: index })),
    half: unit.repeat(31) + "b",
    ints: list(16, (index) => index + 100_000_000_000),
    long: unit.repeat(4_095) + "x",
    map: entries(256),
    n: list(loopItems, (index) => 9_007_199_254_000_000 + index),
    other: unit.repeat(63) + "o",
    part: `b${unit.repeat(2_047)}`,
    records: list(16, (index) => ({ k1: index })),
    short: unit.repeat(63) + "s",
    shorts: list(16, () => unit.repeat(63) + "t"),
    twin: entries(256),
  };
}

function readOf(unit: string): Json {
  const context = {
    list: list(8_000, (index) => index % 7),
    map: entries(2_400),
    text: unit.repeat(10_000),
  };
  return { configuration: [], context, hash: "" };
}

function scopeOfUnit(loopItems: number, unit: string): () => CelScope {
  const values = {
    context: contextOf(loopItems, unit),
    reads: { x: readOf(unit), y: readOf(unit) },
  };
  const frozen = JSON.stringify(values);
  return () => scopeOf({ ...(JSON.parse(frozen) as typeof values), isActive: () => true });
}

/** The longest loop with this body that is still accepted. */
function longestLoop(
  body: string,
): { readonly program: CelProgram; readonly items: number } | undefined {
  let found: { readonly program: CelProgram; readonly items: number } | undefined;
  for (let [least, most] = [0, 20_000]; most - least > 1;) {
    const items = Math.floor((least + most) / 2);
    const compilation = compileCel(`context.n.exists(i, ${body})`, environmentOf(given(items)));
    if (compilation.ok) found = { program: compilation.program, items };
    if (compilation.ok) least = items;
    else most = items;
  }
  return found;
}

function longestChain(part: string): CelProgram | undefined {
  const environment = environmentOf(given(1));
  const prefix = part.includes("reads.") ? READ : "";
  let found: CelProgram | undefined;
  for (let times = 1; times < CEL_SOURCE_MAX / part.length; times += 1) {
    const parts = list(times, () => `(${part})`).join(" || ");
    const compilation = compileCel(`${prefix}(${parts})`, environment);
    if (!compilation.ok) return found;
    found = compilation.program;
  }
  return found;
}

/** Accepted expressions that come close to the bound on steps, each kind of work by itself. */
export function worstCases(): readonly WorstCase[] {
  const cases: WorstCase[] = [];
  for (const unit of ["a", "中", "😀"]) {
    for (const body of BODIES) {
      const loop = longestLoop(body);
      if (loop === undefined) continue;
      cases.push({
        name: `${unit} ${body}`,
        program: loop.program,
        scope: scopeOfUnit(loop.items, unit),
      });
    }
    for (const part of REPEATED) {
      const program = longestChain(part);
      if (program === undefined) continue;
      cases.push({ name: `${unit} ${part}`, program, scope: scopeOfUnit(1, unit) });
    }
  }
  return cases;
}
