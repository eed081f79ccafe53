import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonArray, type Json } from "../json/json.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { compileChart } from "./compile-chart.ts";
import { loadChart } from "./load-chart.ts";
import { createNativeRegistry } from "./native-registry.ts";

const RUNS = Math.ceil(1_500 * Number(process.env.SWOOSH_SOAK ?? 1));
const natives = createNativeRegistry([]);
const ORDER = parseYaml(
  readFileSync(new URL("../../../../examples/order/example-chart.yaml", import.meta.url), "utf8"),
).value;

/** Every key, name and value of the dialect that could stand in a wrong place, and some that never can. */
const WORDS = [
  ..."chart version config context initialContext reads creates regions transitions guards projections type initial states".split(
    " ",
  ),
  ..."entry exit on always onDone after sticky onFailure history target leaveBy actions internal assign raise emit cancel".split(
    " ",
  ),
  ..."join id ms beats owner with answer keep when reason native by joinedBy class inputs compensatedBy properties".split(
    " ",
  ),
  ..."root Flow Control DRAFT .HELD #order.Flow.SHIPPED # . .. parallel final atomic compound deep Order_Add pay nag".split(
    " ",
  ),
  ..."true 1 context inputs.x reads.stock In('Flow') {x} {".split(" "),
  "",
  "__proto__",
  "constructor",
  "\u{1F600}",
];

const JUNK: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(...WORDS, null, true, false, 0, -1, 7, [], {}),
  fc.array(fc.constantFrom<Json>(...WORDS, 3, null), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom(...WORDS), fc.constantFrom<Json>(...WORDS, [], {}, 3), {
    maxKeys: 3,
  }),
);

const EDIT = fc.record({
  /** Which of the places below a node is taken, level by level; the last one is changed. */
  way: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 9 }),
  act: fc.constantFrom("replace", "remove", "add", "rename"),
  junk: JUNK,
  word: fc.constantFrom(...WORDS),
});
type Edit = typeof EDIT extends fc.Arbitrary<infer T> ? T : never;

function changed(value: Json, { way, ...edit }: Edit): Json {
  const [step, ...rest] = way;
  const isLeaf = typeof value !== "object" || value === null || Object.keys(value).length === 0;
  if (step === undefined || isLeaf) return edit.junk;
  if (isJsonArray(value)) {
    const index = step % value.length;
    if (rest.length === 0 && edit.act === "remove") return value.toSpliced(index, 1);
    if (rest.length === 0 && edit.act === "add") return [...value, edit.junk];
    return value.with(index, changed(value[index] ?? null, { ...edit, way: rest }));
  }
  const entries = Object.entries(value);
  const index = step % entries.length;
  const [key, below] = entries[index] ?? ["", null];
  if (rest.length > 0) entries[index] = [key, changed(below, { ...edit, way: rest })];
  else if (edit.act === "remove") entries.splice(index, 1);
  else if (edit.act === "add") entries.push([edit.word, edit.junk]);
  else entries[index] = edit.act === "rename" ? [edit.word, below] : [key, edit.junk];
  return Object.fromEntries(entries);
}

describe("the loader on charts with random changes", () => {
  it("never throws; what it lets through compiles; what it refuses has a reason", () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.array(EDIT, { minLength: 1, maxLength: 4 }), (edits) => {
        if (ORDER === undefined) throw new Error("the example is YAML");
        const value = edits.reduce(changed, ORDER);
        const { normal, problems } = loadChart(value, { natives });
        const errors = problems.filter(({ severity }) => severity === "error");
        expect(normal === undefined).toBe(errors.length > 0);
        if (normal !== undefined) compileChart(nodeHasher, normal, { natives });
        else refused += 1;
        for (const { message, code } of errors) {
          expect(message).not.toBe("");
          expect(code).toMatch(/^[a-z_]+$/);
        }
      }),
      { numRuns: RUNS },
    );
    expect(refused).toBeGreaterThan(RUNS / 2);
  });
});
