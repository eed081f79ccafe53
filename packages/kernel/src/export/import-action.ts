import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../json/json.ts";
import { type ImportPass, itemsOf } from "./import-pass.ts";

type Place = readonly (string | number)[];

/** Actions of an XState config: only what a chart can do, in the form that `toXState` writes. */
export function importActions(
  pass: ImportPass,
  value: Json | undefined,
  place: Place,
): readonly Json[] {
  return itemsOf(value).flatMap((item) => {
    const action = importAction(pass, item);
    if (action !== null) return [action];
    const name = isJsonObject(item) ? item.type : item;
    pass.refuse(
      place,
      `action ${JSON.stringify(name)}: a chart can assign, raise, emit, cancel and join, and nothing else`,
    );
    return [];
  });
}

/** null: not of the subset. */
function importAction(pass: ImportPass, item: Json): JsonObject | null {
  if (!isJsonObject(item) || item.params === undefined || !isJsonObject(item.params)) return null;
  const { params } = item;
  switch (item.type) {
    case "assign":
      return importAssign(params.assign);
    case "raise": {
      if (typeof params.event !== "string") return null;
      pass.events.add(params.event);
      return { raise: params.event };
    }
    case "emit":
      return {
        emit: Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null)),
      };
    case "cancel":
      return typeof params.id === "string" ? { cancel: params.id } : null;
    case "join":
      return { join: params };
    default:
      return null;
  }
}

function importAssign(pairs: Json | undefined): JsonObject | null {
  if (pairs === undefined || !isJsonArray(pairs)) return null;
  const assign: [string, Json][] = [];
  for (const pair of pairs) {
    if (!isJsonArray(pair)) return null;
    const [path, value] = pair;
    if (typeof path !== "string" || value === undefined) return null;
    assign.push([path, value]);
  }
  return { assign: Object.fromEntries(assign) };
}
