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
/** Whoever may read at all reads these: charts, and the tempo that every proposal with a window names. */
const PUBLIC: ReadonlySet<string> = new Set(["beat", "chart"]);
/** Charts whose instances are a part of the project with their id: members of a council vote on what the claims say. */
const PARTS: ReadonlySet<string> = new Set(["council", "policy"]);

/**
 * What an identity may read: the instances in the scope of any of its roles, and its own; an auditor sees all, as does a
 * role whose scope is `*`.
 */
export function viewerOf(name: string, context: JsonObject): Viewer {
  const grants = grantsOf(context);
  if (grants.some(({ role, scope }) => role === AUDITOR || scope === "*")) return EVERYTHING;
  const own = `identity/${name}`;
  const scopes = [...new Set(grants.map(({ scope }) => scope))];
  const covers = (instance: string): boolean =>
    scopes.some((scope) => scopeCovers(scope, instance));
  return {
    all: false,
    sees: (instance) => {
      const chart = chartNameOf(instance);
      if (instance === own || PUBLIC.has(chart) || covers(instance)) return true;
      return PARTS.has(chart) && covers(`project/${instance.slice(chart.length + 1)}`);
    },
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
