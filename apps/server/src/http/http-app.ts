import type { FastifyInstance, RawServerDefault } from "fastify";
import type { RunningNode } from "../node/open-node.ts";
import type { TenantLimiter } from "./tenant-limiter.ts";

/** What a file of routes is given. */
export interface RouteContext {
  readonly node: RunningNode;
  readonly limiter: TenantLimiter;
  /** The server takes no more proposals; reads go on until it is closed. */
  isStopping(): boolean;
}

export type HttpApp = FastifyInstance<RawServerDefault>;

/** One file of routes: adds them to the application. */
export type AddRoutes = (app: HttpApp, context: RouteContext) => void;
