import { chartNameOf, scopeCovers, type JsonObject } from "@swoosh/kernel";

/** Who reads, and what of it they may see. */
export interface Viewer {
  /** All instances: callers on the loopback, and auditors. */
  readonly all: boolean;
  sees(instance: string): boolean;
}

/** Whoever needs no session. */
export const EVERYTHING: Viewer = { all: true, sees: () => true };

const AUDITOR = "auditor";

/**
 * What an identity may read: the instances in the scope of any of its roles, and its own; an auditor sees all, as does a
 * role whose scope is `*`.
 */
export function viewerOf(name: string, context: JsonObject): Viewer {
  const grants = grantsOf(context);
  if (grants.some(({ role, scope }) => role === AUDITOR || scope === "*")) return EVERYTHING;
  const own = `identity/${name}`;
  const scopes = [...new Set(grants.map(({ scope }) => scope))];
  return {
    all: false,
    sees: (instance) =>
      instance === own ||
      // Charts are public to whoever may read at all.
      chartNameOf(instance) === "chart" ||
      scopes.some((scope) => scopeCovers(scope, instance)),
  };
}

function grantsOf(
  context: JsonObject,
): readonly { readonly role: unknown; readonly scope: string }[] {
  const { roles } = context;
  if (!Array.isArray(roles)) return [];
  return roles.flatMap((grant: unknown) => {
    if (typeof grant !== "object" || grant === null) return [];
    const { role, scope }: { readonly role?: unknown; readonly scope?: unknown } = grant;
    return typeof scope === "string" ? [{ role, scope }] : [];
  });
}
