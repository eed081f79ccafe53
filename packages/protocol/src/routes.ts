import type { Route } from "./route.ts";
import { HOUSE_ROUTES } from "./routes/house-routes.ts";
import { LOG_ROUTES } from "./routes/log-routes.ts";
import { MEMORY_ROUTES } from "./routes/memory-routes.ts";
import { READ_ROUTES } from "./routes/read-routes.ts";
import { TRANSITION_ROUTES } from "./routes/transition-routes.ts";
import { TRUST_ROUTES } from "./routes/trust-routes.ts";

const ALL = [
  ...TRANSITION_ROUTES,
  ...READ_ROUTES,
  ...LOG_ROUTES,
  ...TRUST_ROUTES,
  ...MEMORY_ROUTES,
  ...HOUSE_ROUTES,
] as const;

export type RouteId = (typeof ALL)[number]["id"];

/** Every route of the HTTP API, as data: the server mounts them, the SDK calls them, OpenAPI describes them. */
export const ROUTES: readonly (Route & { readonly id: RouteId })[] = ALL;

const byId = new Map<string, Route>(ROUTES.map((route) => [route.id, route]));

export function routeOf(id: RouteId): Route {
  const route = byId.get(id);
  // Ids are the type's own words, so this cannot be reached from checked code.
  if (route === undefined) throw new TypeError(`no route ${id}`);
  return route;
}
