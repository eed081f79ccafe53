import type { RouteId } from "@swoosh/protocol";

/** Routes that the protocol describes and the server does not have yet. */
export const NOT_MOUNTED: ReadonlySet<RouteId> = new Set<RouteId>(["readMetrics"]);
