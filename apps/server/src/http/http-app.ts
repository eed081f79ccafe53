import type { FastifyInstance, RawServerDefault } from "fastify";
import type { Problem } from "@swoosh/protocol";
import type { RunningNode } from "../node/open-node.ts";
import type { MemorySettings } from "../memory/memory-thread.ts";
import type { Secret } from "../settings/secret.ts";
import type { Tracing } from "../trace/tracing.ts";
import type { Screen } from "../screen/screen.ts";
import type { Sessions } from "./sessions.ts";
import type { ProxyTrust } from "./client-address.ts";
import type { Patience } from "./patience.ts";
import type { RecentRefusals } from "./recent-refusals.ts";
import type { TenantLimiter } from "./tenant-limiter.ts";

/** What a file of routes is given. */
export interface RouteContext {
  readonly node: RunningNode;
  readonly limiter: TenantLimiter;
  /** The server takes no more proposals; reads go on until it is closed. */
  isStopping(): boolean;
  /** Dependencies that cannot be reached now, by name, each with why. */
  missing?(): Promise<readonly string[]>;
  /** Whoever sends it may read `/metrics` from anywhere. */
  readonly metricsToken?: Secret;
  /** Makes a span of every proposal that is accepted. */
  readonly tracing?: Tracing;
  /** Told of every proposal that is refused, with its text and the address that it came from; null: none. */
  onRefusal?(text: string, problem: Problem, from: string | null): void;
  /** Our own proxies; unless given, there are none. */
  readonly proxies?: ProxyTrust;
  /** Looks for secrets before anything is kept. */
  readonly screen?: Screen;
  /** Who reads from afar, and which operators may use the places kept for them. */
  readonly sessions?: Sessions;
  /** How long the sender of a stream is waited for. */
  readonly patience?: Patience;
  /** How memories are kept; with the built-in embedder unless given. */
  readonly memory?: MemorySettings;
  /** Something of ours failed where nobody waits for it. */
  onDefect?(error: unknown): void;
  /** What was refused lately. */
  readonly refusals?: RecentRefusals;
}

export type HttpApp = FastifyInstance<RawServerDefault>;

/** One file of routes: adds them to the application. */
export type AddRoutes = (app: HttpApp, context: RouteContext) => void;
