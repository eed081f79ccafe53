import type { Json, JsonObject } from "../json/json.ts";
import { isJsonObject } from "../json/json.ts";
import { placeOfKey } from "../json/place.ts";
import { DEPTH_MAX } from "../limits.ts";
import { compileSchema } from "../schema/compile-schema.ts";
import type { Schema, SchemaViolation } from "../schema/schema.ts";
import type { Positions } from "../yaml/positions.ts";
import { buildChart, type UnhashedChart } from "./build-chart.ts";
import { checkStructure } from "./check-structure.ts";
import { checkUses } from "./check-uses.ts";
import type { OtherCharts } from "./compile-chart.ts";
import { ExpressionCompiler, type ExpressionProblem } from "./expressions.ts";
import type { NativeRegistry } from "./native-guard.ts";
import { scanStates } from "./named-state.ts";
import type { ChartProblem, NormalChart, NormalGuard } from "./normal-chart.ts";
import { ProblemList, type Path } from "./problem-list.ts";
import {
  readData,
  readGuards,
  readProjections,
  readReads,
  readRegions,
  readSchema,
  readTransitions,
} from "./read-declarations.ts";
import { isName, readFields, readText, wrongType, type Fields, type Place } from "./read-place.ts";
import { ALL_STATE_KEYS, readRoot, STATE_KEYS } from "./read-state.ts";
import {
  checkCancels,
  originOf,
  readTransitionNames,
  type Declared,
  type Reading,
} from "./reading.ts";
import { required } from "./read-action.ts";

export interface LoadOptions {
  readonly natives: NativeRegistry;
  /** Where the parts of the value stand in their file; without them problems have no line. */
  readonly positions?: Positions;
  /** Charts that are installed: reads of them are typed. */
  readonly otherCharts?: OtherCharts;
}

export interface LoadedChart {
  /** Absent where any problem is an error. */
  readonly normal?: NormalChart;
  /** Compiled from `normal`; only its hash is missing (see `withHash` of `compile-chart.ts`). */
  readonly unhashed?: UnhashedChart;
  /** Errors and notes, in the order of the file. */
  readonly problems: readonly ChartProblem[];
}

const CHART_KEYS = [
  "chart",
  "version",
  "title",
  "config",
  "context",
  "initialContext",
  "reads",
  "creates",
  "regions",
  "transitions",
  "guards",
  "projections",
  ...STATE_KEYS,
];
const CHART_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

/** Reads a chart from its plain value and finds everything that is wrong with it at once (kernel design §1). */
export function loadChart(value: Json, options: LoadOptions): LoadedChart {
  const problems = new ProblemList(options.positions);
  if (isDeeperThan(value, DEPTH_MAX)) {
    problems.error(
      "bad_value",
      [],
      `a chart has at most ${DEPTH_MAX} maps and lists inside one another`,
    );
    return { problems: problems.sorted() };
  }
  const place: Place = { value, path: [] };
  const fields = readFields(problems, place, { what: "a chart", keys: CHART_KEYS });
  if (fields === undefined) return { problems: problems.sorted() };
  const reading = beginReading(value, fields, problems, options);
  const normal = readNormal(reading, place, fields);
  checkCancels(reading);
  checkStructure(reading, normal);
  checkInitialContext(reading, fields.get("initialContext")?.path ?? ["initialContext"], normal);
  const expressions = new ExpressionCompiler((problem) => tellExpression(reading, problem));
  const unhashed = buildChart(normal, expressions, options);
  const { otherCharts } = options;
  checkUses(reading, normal, { reads: expressions.reads, otherCharts, written: value });
  if (problems.hasErrors) return { problems: problems.sorted() };
  return { normal, unhashed, problems: problems.sorted() };
}

function isDeeperThan(value: Json, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((below) => isDeeperThan(below, left - 1));
}

function beginReading(
  value: Json,
  fields: Fields,
  problems: ProblemList,
  options: LoadOptions,
): Reading {
  const names = (key: Declared): ReadonlySet<string> => {
    const declared = fields.get(key)?.value ?? null;
    return new Set(isJsonObject(declared) ? Object.keys(declared).filter(isName) : []);
  };
  return {
    problems,
    chart: readChartName(problems, fields.get("chart")),
    root: scanStates(value, { chart: CHART_KEYS, state: ALL_STATE_KEYS }),
    natives: options.natives,
    declared: { transitions: names("transitions"), guards: names("guards"), reads: names("reads") },
    used: { transitions: new Set(), guards: new Set(), reads: new Set() },
    origins: new Map(),
    ids: new Map(),
    cancels: [],
    raised: new Set(),
    lost: new Set(DECLARED.filter((key) => isUnreadable(fields.get(key)))),
  };
}

const DECLARED: readonly Declared[] = ["transitions", "guards", "reads"];

function isUnreadable(place: Place | undefined): boolean {
  return place !== undefined && !isJsonObject(place.value);
}

function readChartName(problems: ProblemList, place: Place | undefined): string {
  if (place === undefined) {
    problems.error("missing_key", [], 'a chart needs "chart", its name');
    return "";
  }
  const name = readText(problems, place, "the name of the chart");
  if (name !== undefined && !CHART_NAME.test(name)) {
    const message = `"${name}" cannot be the name of a chart: a small letter, then small letters, digits, _ and -, at most 32`;
    problems.error("bad_name", place.path, message);
    return "";
  }
  return name ?? "";
}

function readNormal(reading: Reading, place: Place, fields: Fields): NormalChart {
  const { problems } = reading;
  const title = fields.get("title");
  if (title !== undefined) readText(problems, title, "title");
  const creates = fields.get("creates");
  const regions = readRegions(reading, fields);
  const context = readSchema(reading, fields.get("context"), "context");
  const transitions = readTransitions(reading, fields.get("transitions"));
  const guards = readGuards(reading, fields.get("guards"));
  const natives = Object.values(guards).flatMap((guard): [string, number][] => {
    const native = "native" in guard ? reading.natives.newest(guard.native) : undefined;
    return native === undefined ? [] : [[native.name, native.version]];
  });
  const reads = readReads(reading, fields.get("reads"));
  reading.origins.set(reads, fields.get("reads")?.path ?? ["reads"]);
  return {
    chart: reading.chart,
    version: readVersion(reading, place, fields),
    config: readData(reading, fields.get("config"), "config"),
    context,
    initialContext: readData(reading, fields.get("initialContext"), "initialContext"),
    reads,
    creates: creates === undefined ? null : readTransitionNames(reading, creates, "creates"),
    regions,
    root: readRoot(reading, place, fields),
    transitions,
    guards: { ...standIns(reading), ...guards },
    natives: Object.fromEntries(natives),
    projections: readProjections(reading, fields.get("projections"), { regions, context }),
  };
}

/** A malformed guard is reported where it is declared; its uses go on with this. */
function standIns(reading: Reading): { readonly [name: string]: NormalGuard } {
  const entries = [...reading.declared.guards].map((name): [string, NormalGuard] => [
    name,
    { when: "true", reason: "malformed", okReason: null },
  ]);
  return Object.fromEntries(entries);
}

function readVersion(reading: Reading, place: Place, fields: Fields): number {
  const version = required(reading, place, fields, {
    what: "a chart",
    key: "version",
    meaning: "a positive integer that grows with each change",
  });
  if (version === undefined) return 1;
  const { value } = version;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  wrongType(reading.problems, version, "version", "a positive integer");
  return 1;
}

function checkInitialContext(
  reading: Reading,
  path: Path,
  { context: schema, initialContext }: NormalChart,
): void {
  for (const { place, problem } of violations(reading, schema, initialContext)) {
    const where = [...path, ...pathOfPlace(place).slice(1)];
    reading.problems.error("initial_context", where, `${place}: ${problem}`);
  }
}

/** Of a schema that is refused only what it says of the keys that are there can be held against them. */
function violations(
  reading: Reading,
  schema: Schema,
  initialContext: JsonObject,
): readonly SchemaViolation[] {
  if (reading.lost.has("context")) return [];
  if (!reading.lost.has("part of context")) {
    return compileSchema(schema)(initialContext, "initialContext");
  }
  return Object.entries(initialContext).flatMap(([key, value]) => {
    const property = schema.properties?.[key];
    return property === undefined
      ? []
      : compileSchema(property)(value, placeOfKey("initialContext", key));
  });
}

/** `initialContext.items[3].id` as a path; a key that is no plain word is in quotes. */
function pathOfPlace(place: string): readonly (string | number)[] {
  const parts = place.matchAll(/\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|([^.[\]]+)/g);
  return [...parts].map(([, index, quoted, word]) =>
    index === undefined ? (quoted ?? word ?? "") : Number(index),
  );
}

function tellExpression(reading: Reading, problem: ExpressionProblem): void {
  const { use, code, message, offset, source } = problem;
  if (reading.lost.has("context") && /\bcontext\b/.test(source)) return;
  if (reading.lost.has("inputs") && /\binputs\b/.test(source)) return;
  // Without any state each path is unknown.
  if (reading.root.children.size === 0 && /\bIn\(/.test(source)) return;
  if (reading.lost.has("reads") && /\breads\b/.test(source)) return;
  const path = [...originOf(reading, use.part), ...use.key];
  reading.problems.error(code, path, message, offset === null ? "value" : { offset });
}
