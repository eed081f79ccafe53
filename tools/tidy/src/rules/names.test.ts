import { describe, expect, it } from "vitest";
import { plant } from "../test/plant.ts";
import { fileNames } from "./file-names.ts";
import { names } from "./names.ts";
import { unitsLast } from "./units-last.ts";

const FILE = "packages/kernel/src/a.ts";

describe("names", () => {
  const bad = [
    "class ChartManager {}",
    "interface ChartImpl {}",
    "type ChartBase = string;",
    "function chartHelper() {}",
    "const chartUtils = {};",
    "class Base {}",
  ];
  it.each(bad)("refuses %s", (text) => {
    expect(plant(names, { [FILE]: text })).toEqual([expect.stringContaining(`${FILE}:1 `)]);
  });

  it("allows the honest word for a local value", () => {
    expect(plant(names, { [FILE]: "const base = 10; const database = 1;" })).toEqual([]);
  });

  it("refuses folders and files for what has no place", () => {
    expect(plant(names, { "packages/kernel/src/utils/a.ts": "" })[0]).toContain('"utils"');
    expect(plant(names, { "packages/core/src/a.ts": "" })[0]).toContain('"core"');
    expect(plant(names, { "packages/kernel/src/journal-impl.ts": "" })[0]).toContain(
      '"journal-impl"',
    );
  });
});

describe("units-last", () => {
  const bad: readonly (readonly [string, string])[] = [
    ["const maxQueueDepth = 1;", "queueDepthMax"],
    ["interface A { readonly minRetries: number }", "retriesMin"],
    ["const MAX_ITEMS = 1;", "itemsMax"],
    ["const queueMaxDepth = 1;", "in its middle"],
    ["const msTimeout = 1;", "timeoutMs"],
    ["const timeout = 100;", "timeoutMs"],
    ["interface A { readonly retryDelay: number }", "retryDelayMs"],
    ["const f = (timeout: number) => timeout;", "timeoutMs"],
  ];
  it.each(bad)("refuses %s", (text, message) => {
    expect(plant(unitsLast, { [FILE]: text })).toEqual([expect.stringContaining(message)]);
  });

  it("allows units and bounds at the end, rates, functions and the words of JSON Schema", () => {
    const good = [
      "const queueDepthMax = 1; const ITEMS_MAX_DEFAULT = 2; const MS_PER_DAY = 3; const sizeMaxBytes = 4;",
      "interface A { readonly maxItems: number; readonly timeout: string }",
      "function maxOf(a: number): number { return a; } const minOf = () => 1;",
      "const maximal = 1; const minute = 2;",
    ];
    expect(plant(unitsLast, { [FILE]: good.join("\n") })).toEqual([]);
  });
});

describe("file-names", () => {
  const at = (name: string, text: string) =>
    plant(fileNames, { [`packages/kernel/src/${name}`]: text });

  it("wants kebab-case, in every part of the name", () => {
    for (const name of ["readNode.ts", "Read.ts", "read_node.ts", "read-node.Bad.test.ts"]) {
      expect(at(name, "export function readNode() {}")[0]).toContain("kebab-case");
    }
  });

  it("wants the one export's name", () => {
    expect(at("scan.ts", "export function findTooDeep() {}")[0]).toContain("(findTooDeep)");
    expect(at("reduce.ts", "export function reduce() {}")).toEqual([]);
    expect(at("json.ts", "export type JsonValue = string;")).toEqual([]);
    expect(at("read-node.ts", "export class NodeReader {}")).toEqual([]);
    expect(at("xstate.ts", "export const toXState = 1;")).toEqual([]);
  });

  it("wants a shared word where there are two", () => {
    expect(at("closures.ts", "export const listEvaluator = 1, mapEvaluator = 2;")).toHaveLength(1);
    expect(at("evaluators.ts", "export const listEvaluator = 1, mapEvaluator = 2;")).toEqual([]);
  });

  it("lets a subject's word stand for three or more, and leaves tests, programs and tables alone", () => {
    expect(at("text.ts", "export const a = 1, b = 2, c = 3;")).toEqual([]);
    expect(at("reduce.refusals.test.ts", "")).toEqual([]);
    expect(at("main.ts", "export const a = 1;")).toEqual([]);
    expect(at("check-types.ts", "run();")).toEqual([]);
    expect(at("limits.ts", "export const PARTS_MAX = 16;")).toEqual([]);
  });
});
