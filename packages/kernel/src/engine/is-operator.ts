import { isJsonArray, isJsonObject } from "../json/json.ts";
import type { State } from "../reduce/state.ts";

/** Does some identity with the role `operator`, in whatever scope, hold this key? For the reserved lane alone: no authority follows from it. */
export function isOperator(state: State, key: string): boolean {
  const name = state.registry.identityOf(key);
  if (name === undefined) return false;
  const roles = state.head(`identity/${name}`)?.document.context["roles"];
  if (roles === undefined || !isJsonArray(roles)) return false;
  return roles.some((grant) => isJsonObject(grant) && grant["role"] === "operator");
}
