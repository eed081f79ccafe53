import type { Json, JsonObject } from "../json/json.ts";
import { nearest } from "./did-you-mean.ts";

/**
 * The value that was meant to stand under a key: its own, else that of the first unknown key which is nearest to it. A
 * misspelt key is told where it stands; what is below it is read all the same, so that nothing is told because of it.
 */
export function valueMeant(
  object: JsonObject,
  key: string,
  keys: readonly string[],
): Json | undefined {
  if (Object.hasOwn(object, key)) return object[key];
  const misspelt = Object.keys(object).find(
    (name) => !keys.includes(name) && nearest(name, [key]) === key && nearest(name, keys) === key,
  );
  return misspelt === undefined ? undefined : object[misspelt];
}
