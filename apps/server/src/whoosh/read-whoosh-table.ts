import { methodsOf } from "../http/methods-of.ts";
import { FileReading, type Place } from "@swoosh/gates";
import type { Json } from "@swoosh/kernel";
import { SettingProblem } from "../settings/setting-problem.ts";
import type {
  Places,
  ProposeRule,
  ReadRule,
  ValueRule,
  WhooshRow,
  WhooshTable,
} from "./whoosh-table.ts";

const METHODS = ["GET", "POST", "PUT"] as const;
const TYPES = ["text", "integer", "texts"] as const;
const PLACE = /^(?:body|path|query|header|entry)(?:\.[A-Za-z0-9_-]+)*$/u;
const PATH = /^(?:\/(?:[A-Za-z0-9._-]+|\{[a-z]+\}))+$/u;
const PREFIX = /^\/[A-Za-z0-9._-]+$/u;
const SCOPE = /^[a-z][a-z0-9_-]*\/[A-Za-z0-9_*-]+$/u;

/** Reads a table of calls (`config/whoosh.yaml`). Throws `SettingProblem` with everything that is wrong, each with its place. */
export function readWhooshTable(text: string, file: string): WhooshTable {
  const reading = new FileReading(text, "a table of calls");
  const { root } = reading;
  const rows = root === undefined ? [] : readRows(reading, root);
  const prefixes = root === undefined ? [] : readPrefixes(reading, root);
  const problems = reading.sorted();
  if (problems.length > 0)
    throw new SettingProblem(
      problems
        .map(({ line, column, message }) => `${file}:${line ?? 1}:${column ?? 1} ${message}`)
        .join("\n"),
    );
  return { file, prefixes, rows };
}

function readPrefixes(reading: FileReading, root: Place): readonly string[] {
  const prefixes = reading.texts(root, "prefixes");
  for (const prefix of prefixes)
    if (!PREFIX.test(prefix))
      reading.error("not_a_prefix", [...root.path, "prefixes"], `${prefix} is no /word`);
  return prefixes;
}

function readRows(reading: FileReading, root: Place): readonly WhooshRow[] {
  reading.knows(root, ["version", "prefixes", "rows"]);
  reading.integer(root, "version", { least: 1, most: 1, required: true });
  const names = new Set<string>();
  const calls = new Set<string>();
  return reading.maps(root, "rows").flatMap((place) => {
    const row = readRow(reading, place);
    if (row === undefined) return [];
    const call = `${row.method} ${row.path.replaceAll(/\{[a-z]+\}/gu, "{}")}`;
    if (names.has(row.name) || calls.has(call))
      reading.error("twice", place.path, `${row.name}: this name or this call is there before`);
    names.add(row.name);
    calls.add(call);
    return [row];
  });
}

function readRow(reading: FileReading, place: Place): WhooshRow | undefined {
  reading.knows(place, ["name", "method", "path", "entry", "propose", "read"]);
  const name = reading.name(place, "name", 40);
  const method = reading.oneOf(place, "method", METHODS);
  const path = reading.text(place, "path", { required: true });
  const entry = reading.oneOf(place, "entry", ["gitea"]);
  const propose = reading.map(place, "propose");
  const read = reading.map(place, "read");
  if (path !== undefined && (!PATH.test(path) || methodsOf(path).length > 0))
    reading.error(
      "not_a_path",
      [...place.path, "path"],
      `${path} is no path like /api/v1/teams/{id}, or one of the server's own`,
    );
  if (method === undefined)
    reading.error("missing", place.path, `method is missing; one of ${METHODS.join(", ")}`);
  if ((propose === undefined) === (read === undefined))
    reading.error("not_one", place.path, "propose or read is expected, and not both");
  if (name === undefined || method === undefined || path === undefined) return undefined;
  const isGitea = entry === "gitea";
  if (propose !== undefined) {
    const rule = readPropose(reading, propose);
    if (rule === undefined) return undefined;
    return { name, method, path, isGitea, does: { kind: "propose", rule } };
  }
  if (read === undefined) return undefined;
  return { name, method, path, isGitea, does: { kind: "read", fields: readFields(reading, read) } };
}

function readPropose(reading: FileReading, place: Place): ProposeRule | undefined {
  reading.knows(place, [
    "instance",
    "transition",
    "role",
    "scope",
    "inputs",
    "onBehalfOf",
    "sameBy",
  ]);
  const instance = reading.text(place, "instance", { required: true });
  const transition = reading.text(place, "transition", { required: true });
  const role = reading.text(place, "role", { required: true });
  const chart = /^([a-z][a-z0-9_-]*)\//u.exec(instance ?? "")?.[1];
  const scope =
    reading.text(place, "scope", { required: chart === undefined }) ?? `${chart ?? ""}/*`;
  if (!SCOPE.test(scope))
    reading.error("not_a_scope", [...place.path, "scope"], `${scope} is no scope like project/*`);
  const inputs = reading.map(place, "inputs");
  const rules = inputs === undefined ? {} : readInputs(reading, inputs);
  if (instance === undefined || transition === undefined || role === undefined) return undefined;
  const onBehalfOf = placesOf(reading, place, "onBehalfOf");
  const sameBy = placesOf(reading, place, "sameBy");
  return { instance, transition, role, scope, inputs: rules, onBehalfOf, sameBy };
}

function readInputs(reading: FileReading, inputs: Place): Record<string, ValueRule> {
  const rules: Record<string, ValueRule> = {};
  for (const key of Object.keys(inputs.value)) {
    const place = reading.map(inputs, key);
    const rule = place === undefined ? undefined : readValue(reading, place);
    if (rule !== undefined) rules[key] = rule;
  }
  return rules;
}

function readValue(reading: FileReading, place: Place): ValueRule | undefined {
  const { value } = place;
  if (value["value"] !== undefined) {
    reading.knows(place, ["value"]);
    return { kind: "value", value: value["value"] };
  }
  if (value["store"] !== undefined) {
    reading.knows(place, ["store"]);
    if (value["store"] === "body") return { kind: "storeBody" };
    const map = reading.map(place, "store");
    if (map === undefined) return undefined;
    const texts = Object.keys(map.value).map((key) => [key, reading.text(map, key) ?? ""] as const);
    return { kind: "storeMap", map: Object.fromEntries(texts) };
  }
  reading.knows(place, ["from", "type", "default"]);
  const from = placesOf(reading, place, "from");
  if (from.length === 0) reading.error("missing", place.path, "value, from or store is expected");
  const type = reading.oneOf(place, "type", TYPES) ?? "text";
  return { kind: "from", from, type, otherwise: value["default"] };
}

function placesOf(reading: FileReading, place: Place, key: string): Places {
  const places = reading.texts(place, key);
  for (const one of places)
    if (!PLACE.test(one))
      reading.error("not_a_place", [...place.path, key], `${one} is no place like body.agent_id`);
  return places;
}

function readFields(reading: FileReading, read: Place): Record<string, ReadRule> {
  const fields: Record<string, ReadRule> = {};
  for (const key of Object.keys(read.value)) {
    const place = reading.map(read, key);
    if (place === undefined) continue;
    const fixed: Json | undefined = place.value["value"];
    if (fixed !== undefined) {
      reading.knows(place, ["value"]);
      fields[key] = { kind: "value", value: fixed };
      continue;
    }
    reading.knows(place, ["get", "pick"]);
    const path = reading.text(place, "get", { required: true }) ?? "";
    const [bare = ""] = path.split("?");
    if (!methodsOf(bare).includes("GET"))
      reading.error("not_a_read", place.path, `${bare} is no read of this server`);
    fields[key] = { kind: "get", path, pick: reading.text(place, "pick") };
  }
  return fields;
}
