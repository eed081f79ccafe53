import { isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { importActions } from "./import-action.ts";
import { type ImportPass, itemsOf, named, swooshMeta, type XStateNode } from "./import-pass.ts";
import { childPath, isPathBelow } from "./state-rows.ts";

const KNOWN = ["target", "guard", "actions", "reenter", "description", "meta"];
type Place = readonly (string | number)[];

/** One transition of an XState config as a candidate. A text alone is its target. */
export function importTransition(
  pass: ImportPass,
  source: XStateNode,
  value: Json,
  place: Place,
): JsonObject {
  const config: JsonObject = isJsonObject(value) ? value : { target: value };
  for (const key of Object.keys(config)) {
    if (!KNOWN.includes(key))
      pass.refuse([...place, key], `a transition has "${key}": charts cannot say that`);
  }
  const guards = importGuards(pass, config.guard, [...place, "guard"]);
  const actions = importActions(pass, config.actions, [...place, "actions"]);
  return {
    ...importTarget(pass, source, config, place),
    ...(guards.length === 0 ? {} : { guards }),
    ...(actions.length === 0 ? {} : { actions }),
  };
}

/**
 * XState v5 is internal unless `reenter`: the source stays active where all targets are below it; elsewhere both are alike.
 * A source that is its own target keeps itself and enters its inside anew; an atomic one then does nothing but its actions.
 */
function importTarget(
  pass: ImportPass,
  source: XStateNode,
  config: JsonObject,
  place: Place,
): JsonObject {
  const targets = itemsOf(config.target).flatMap((target) => {
    if (typeof target === "string") return pass.resolve(target, source, [...place, "target"]) ?? [];
    pass.refuse([...place, "target"], "a target is the name of a state");
    return [];
  });
  const internal = swooshMeta(config).internal === true ? { internal: true } : {};
  if (targets.length === 0) return internal;
  const absolute = targets.map((path) => pass.absolute(path));
  if (source.path === "" || config.reenter === true) return { target: absolute, ...internal };
  const [only, ...others] = targets;
  const isSelf = only === source.path && others.length === 0;
  const inside = isSelf ? insideOf(source) : targets;
  if (inside === null) return {};
  if (!inside.every((path) => isPathBelow(path, source.path))) return { target: absolute };
  if (source.config.type === "parallel") {
    const message = `${named(source)} would enter its inside anew without being left: charts can say that of compound states only; add "reenter": true`;
    pass.refuse(place, message);
  }
  return { target: inside.map((path) => pass.absolute(path)), internal: true };
}

/** What is entered below a state; null: nothing is. */
function insideOf({ config, path }: XStateNode): readonly string[] | null {
  const { states, initial } = config;
  if (states === undefined || !isJsonObject(states)) return null;
  const names = Object.keys(states);
  const first = typeof initial === "string" ? [initial] : names.slice(0, 1);
  return (config.type === "parallel" ? names : first).map((name) => childPath(path, name));
}

function importGuards(pass: ImportPass, value: Json | undefined, place: Place): readonly string[] {
  if (value === undefined || value === null) return [];
  const names = guardNames(value);
  if (names === null) {
    pass.refuse(place, "a guard is a name, or { type: and, params: { guards: [names] } }");
    return [];
  }
  for (const name of names) pass.guards.add(name);
  return names;
}

/** null: not of the subset. */
function guardNames(value: Json): readonly string[] | null {
  if (typeof value === "string") return [value];
  if (!isJsonObject(value) || typeof value.type !== "string") return null;
  const { params } = value;
  const isBare = params === undefined || (isJsonObject(params) && Object.keys(params).length === 0);
  if (value.type !== "and") return isBare ? [value.type] : null;
  if (params === undefined || !isJsonObject(params)) return null;
  const names = itemsOf(params.guards);
  const texts = names.flatMap((name) => (typeof name === "string" ? [name] : []));
  return texts.length === names.length && texts.length > 0 ? texts : null;
}
