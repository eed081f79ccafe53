import { describe, expect, it } from "vitest";
import { withHash } from "../chart/compile-chart.ts";
import { loadChart } from "../chart/load-chart.ts";
import { createNativeRegistry } from "../chart/native-registry.ts";
import { unionOf } from "../cel/type-union.ts";
import type { CelType } from "../cel/cel.ts";
import { diffSchemas } from "../export/diff-schemas.ts";
import type { Schema } from "../schema/schema.ts";
import { nodeHasher } from "../testing/node-hasher.ts";
import { parseYaml } from "../yaml/parse-yaml.ts";
import { checkChart } from "./check-chart.ts";

/** Codes that loading and checking find in a chart whose context is a map of votes; notes left out. */
function codesOf(bounds: string, when = "size(context.votes) >= 0"): readonly string[] {
  const { value, positions } = parseYaml(`
chart: poll
version: 1
context:
  type: object
  required: [votes]
  properties:
    votes: { type: object, additionalProperties: { type: boolean }${bounds} }
initialContext: { votes: {} }
initial: OPEN
states:
  OPEN: { on: { Poll_Close: { target: CLOSED, guards: [enough] } } }
  CLOSED: { type: final }
transitions: { Poll_Close: { by: [client] } }
guards: { enough: { when: "${when}", reason: "too few" } }
`);
  if (value === undefined) throw new Error("the chart is YAML");
  const loaded = loadChart(value, { natives: createNativeRegistry([]), positions });
  const found =
    loaded.unhashed === undefined
      ? []
      : checkChart(withHash(nodeHasher, loaded.unhashed), positions);
  return [...loaded.problems, ...found]
    .filter(({ severity }) => severity !== "note")
    .map(({ code }) => code);
}

const SMALL = ", maxProperties: 16, propertyNames: { maxLength: 32 }";

describe("a chart with a map", () => {
  it("checks clean where the map is bounded, and not where it is not", () => {
    expect(codesOf(SMALL)).toEqual([]);
    expect(codesOf("")).toEqual(["document_size"]);
    expect(codesOf(", maxProperties: 16")).toEqual(["document_size"]);
    expect(codesOf(", propertyNames: { maxLength: 32 }")).toEqual(["document_size"]);
  });

  it("may loop over its keys as far as they are bounded", () => {
    const loop = "context.votes.all(k, context.votes.all(l, k + l != k))";
    expect(codesOf(SMALL, loop)).toEqual([]);
    expect(codesOf(", maxProperties: 256, propertyNames: { maxLength: 32 }", loop)).toContain(
      "expression",
    );
    expect(codesOf(", maxProperties: 16, propertyNames: { maxLength: 256 }", loop)).not.toEqual([]);
  });
});

describe("the type of either of two maps", () => {
  const map = (keyLengthMax?: number): CelType => ({
    kind: "map",
    value: { kind: "bool" },
    entriesMax: 1,
    bytesMax: 9,
    ...(keyLengthMax === undefined ? {} : { keyLengthMax }),
  });

  it("has the longer keys; without a bound on one there is none", () => {
    expect(unionOf([map(3), map(5)])).toEqual(map(5));
    expect(unionOf([map(5), map(3)])).toEqual(map(5));
    expect(unionOf([map(5), map()])).toEqual(map());
    expect(unionOf([map(), map(5)])).toEqual(map());
  });
});

describe("what changed between two maps", () => {
  const map = (more: Partial<Schema>): Schema => ({
    type: "object",
    additionalProperties: { type: "null" },
    ...more,
  });
  const diff = (before: Partial<Schema>, after: Partial<Schema>) =>
    diffSchemas(map(before), map(after), "context").map(({ path, breaking }) => [path, breaking]);

  it("is breaking where less fits", () => {
    expect(diff({}, { maxProperties: 256 })).toEqual([]);
    expect(diff({}, { maxProperties: 255 })).toEqual([["context maxProperties", true]]);
    expect(diff({ maxProperties: 3 }, { maxProperties: 4 })).toEqual([
      ["context maxProperties", false],
    ]);
    expect(diff({}, { propertyNames: { maxLength: 256 } })).toEqual([]);
    expect(diff({}, { propertyNames: { maxLength: 8, pattern: "^a" } })).toEqual([
      ["context propertyNames maxLength", true],
      ["context propertyNames pattern", true],
    ]);
  });
});
