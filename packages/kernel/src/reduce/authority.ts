import type { TransitionDeclaration } from "../chart/compiled-chart.ts";
import { isJsonArray, isJsonObject } from "../json/json.ts";
import type { Json, JsonObject } from "../json/json.ts";

/** Who signs, as of before this record. */
export interface Signer {
  /** `<name>` of `identity/<name>`. */
  readonly name: string;
  /** Context of the identity's document: `{key, kind, roles: [{role, scope}]}`. */
  readonly context: JsonObject;
}

interface RoleGrant {
  readonly role: string;
  readonly scope: string;
}

/** Role that every identity holds over its own document alone: rotation is the holder's business. */
export const ROLE_SELF = "self";
export const ROLE_OPERATOR = "operator";
/** Scope that covers every instance; genesis gives it to the operator and the node. */
export const SCOPE_ALL = "*";

/** Scope `chart/idprefix*`, `chart/id` or `*`. */
export function scopeCovers(scope: string, instance: string): boolean {
  if (!scope.endsWith("*")) return scope === instance;
  const length = scope.length - 1;
  if (length > 0 && !scope.includes("/")) return false;
  return scope === SCOPE_ALL || instance.startsWith(scope.slice(0, length));
}

/** The role of `by` that lets the signer propose here: the first in the chart's order, or undefined. */
export function roleFor(
  declaration: TransitionDeclaration,
  signer: Signer,
  instance: string,
): string | undefined {
  const grants = grantsOf(signer.context);
  const isHuman = signer.context["kind"] === "human";
  for (const { role, human } of declaration.by) {
    if (human && !isHuman) continue;
    if (role === ROLE_SELF && instance === `identity/${signer.name}`) return role;
    if (grants.some((grant) => grant.role === role && scopeCovers(grant.scope, instance)))
      return role;
  }
  return undefined;
}

/** May this identity change every identity? Such operators cannot all be lost. */
export function isOperatorOfIdentities(context: JsonObject): boolean {
  return grantsOf(context).some(
    ({ role, scope }) => role === ROLE_OPERATOR && (scope === SCOPE_ALL || scope === "identity/*"),
  );
}

/** Who may, and what the signer holds: what would help. */
export function forbiddenReasons(
  declaration: TransitionDeclaration,
  signer: Signer,
  instance: string,
): readonly string[] {
  const nobody = nobodyMay(declaration);
  if (nobody !== undefined) return [nobody];
  const needed = declaration.by.map(({ role, human }) => (human ? `${role}:human` : role));
  const kind = signer.context["kind"];
  const held = grantsOf(signer.context).map(({ role, scope }) => `${role} on ${scope}`);
  return [
    `${declaration.name} on ${instance} needs ${needed.join(" or ")}`,
    `${signer.name} (${typeof kind === "string" ? kind : "unknown"}) holds ${held.length === 0 ? "no role" : held.join(", ")}`,
  ];
}

/** Why no role at all is enough, or undefined. */
export function nobodyMay(declaration: TransitionDeclaration): string | undefined {
  if (declaration.by.length > 0) return undefined;
  const { name, joinedBy } = declaration;
  if (joinedBy.length === 0) return `nobody may propose ${name}: only the chart raises it`;
  return `nobody may propose ${name}: it happens only together with ${joinedBy.join(" or ")}`;
}

/** `chart/idprefix*` in which a `joinedBy` says that a transition may be joined. */
export function mayJoin(declaration: TransitionDeclaration, joiner: string): boolean {
  return declaration.joinedBy.includes(joiner);
}

function grantsOf(context: JsonObject): readonly RoleGrant[] {
  const roles: Json | undefined = context["roles"];
  if (roles === undefined || !isJsonArray(roles)) return [];
  const grants: RoleGrant[] = [];
  for (const grant of roles) {
    if (!isJsonObject(grant)) continue;
    const { role, scope } = grant;
    if (typeof role === "string" && typeof scope === "string") grants.push({ role, scope });
  }
  return grants;
}
