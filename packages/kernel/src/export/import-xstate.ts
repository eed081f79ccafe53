import { isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import type { ChartProblem } from "../chart/normal-chart.ts";
import { ImportPass, problemAt, swooshMeta, type XStateNode } from "./import-pass.ts";
import { importState } from "./import-state.ts";
import { schemaOfValue } from "./schema-of-value.ts";

export type XStateImport =
  | { readonly chart: JsonObject; readonly problems: readonly ChartProblem[] }
  | { readonly chart: undefined; readonly problems: readonly ChartProblem[] };

/**
 * The JSON of an XState v5 machine config as a chart value, ready for `loadChart`. Takes back everything that `toXState`
 * writes. In a machine from elsewhere each event becomes a transition that an operator may propose, each guard a guard
 * that is false until its condition is written (its code is not in the JSON), and a numeric delay a timer with an event of
 * its own. Whatever the dialect has no words for (invoke, wildcards, custom actions, named delays) is a problem with its
 * path, all of them at once; then there is no chart.
 */
export function fromXState(machine: Json): XStateImport {
  if (!isJsonObject(machine)) {
    const message = "an XState machine config is an object with `states`";
    return { chart: undefined, problems: [problemAt([], message)] };
  }
  const name = chartName(machine.id);
  const root: XStateNode = { config: machine, path: "", parent: null, place: [] };
  const pass = new ImportPass(name, root);
  const declared = swooshMeta(machine).declarations;
  const declarations = declared !== undefined && isJsonObject(declared) ? declared : null;
  const states = importState(pass, root);
  if (pass.problems.length > 0) return { chart: undefined, problems: pass.problems };
  const version = Number(machine.version ?? 1);
  const chart: JsonObject = {
    chart: name,
    version: Number.isSafeInteger(version) && version > 0 ? version : 1,
    ...(declarations === null ? invented(pass, machine) : restored(declarations)),
    initialContext: contextOf(machine),
    ...states,
  };
  return { chart, problems: [] };
}

/** What `toXState` kept: the same, without what stands for "not given". */
function restored(declarations: JsonObject): JsonObject {
  const kept = Object.entries(declarations).filter(
    ([key, value]) => value !== null && !["chart", "version", "natives", "regions"].includes(key),
  );
  const { regions } = declarations;
  const isRoot = regions === undefined || JSON.stringify(regions) === '["root"]';
  return {
    ...Object.fromEntries(kept.map(([key, value]) => [key, withoutNulls(value)])),
    ...(isRoot ? {} : { regions }),
  };
}

/** Members of members that are null were defaults: `class`, `compensatedBy`, `okReason`, `keys`. */
function withoutNulls(value: Json): Json {
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([key, member]): [string, Json] => {
    if (!isJsonObject(member)) return [key, member];
    return [key, Object.fromEntries(Object.entries(member).filter(([, inner]) => inner !== null))];
  });
  return Object.fromEntries(members);
}

function invented(pass: ImportPass, machine: JsonObject): JsonObject {
  const transitions = [...pass.events].map((event): [string, Json] => [
    event,
    { by: pass.own.has(event) ? [] : ["operator"] },
  ]);
  const guards = [...pass.guards].map((guard): [string, Json] => [
    guard,
    {
      when: "false",
      reason: `the condition of ${guard} was not in the XState file; write it here`,
    },
  ]);
  return {
    context: schemaOfValue(contextOf(machine)),
    transitions: Object.fromEntries(transitions),
    guards: Object.fromEntries(guards),
  };
}

function contextOf(machine: JsonObject): JsonObject {
  const { context } = machine;
  return context !== undefined && isJsonObject(context) ? context : {};
}

/** XState's id may be any text; a chart's name is a lower-case word. */
function chartName(id: Json | undefined): string {
  if (typeof id !== "string") return "machine";
  const word = id
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[^a-z]+/, "")
    .slice(0, 32);
  return word === "" ? "machine" : word;
}
