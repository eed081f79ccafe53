import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { RunningNode } from "../node/open-node.ts";
import type { TakeProposal } from "../providers/channel/proposal-channel.ts";
import { answerTransition } from "./answer-transition.ts";
import { createApp, type AppOptions } from "./create-app.ts";
import type { Screen } from "../screen/screen.ts";
import { embedderProbe } from "../memory/embedder-probe.ts";
import { MEMORY_SETTINGS_DEFAULT, type MemorySettings } from "../memory/memory-thread.ts";
import type { Tracing } from "../trace/tracing.ts";
import type { Secret } from "../settings/secret.ts";
import type { ProxyTrust } from "./client-address.ts";
import type { RouteContext } from "./http-app.ts";
import { newSessions } from "./read-doors.ts";
import { STOP_MS_MAX } from "./limits.ts";
import { RecentRefusals } from "./recent-refusals.ts";
import { TenantLimiter, type TenantLimits } from "./tenant-limiter.ts";

export interface ServeOptions extends AppOptions {
  readonly host: string;
  /** 0 picks one. */
  readonly port: number;
  readonly limits?: TenantLimits;
  /** Whoever sends it may read `/metrics` from anywhere. */
  readonly metricsToken?: Secret;
  /** Makes a span of every proposal that is accepted; stopped with the server. */
  readonly tracing?: Tracing;
  /** Looks for secrets before anything is kept. */
  readonly screen?: Screen;
  /** How memories are kept; with the built-in embedder unless given. */
  readonly memory?: MemorySettings;
  /** Whose word on who sent a request is taken. */
  readonly proxies?: ProxyTrust;
  /** Told of every proposal that is refused, with its text and where it came from. */
  readonly onRefusal?: NonNullable<RouteContext["onRefusal"]>;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** The socket itself, for what is not a route: runners connect here too. */
  readonly http: Server;
  /** The door of `POST /transition` for proposals that come another way: the same limits, screen and answers. */
  readonly take: TakeProposal;
  /** Asked by `/readyz`, beside the embedder of memories: what of that on which this server depends cannot be reached now, each with why. */
  dependOn(missing: () => Promise<readonly string[]>): void;
  /** Takes no more, answers what is under way, closes sockets and node. At most about ten seconds. */
  stop(): Promise<void>;
}

const NO_LIMITS: TenantLimits = { perSecond: 0, strangersPerSecond: 0 };

/** Puts a node on the network. Rejects where the address cannot be had (`EADDRINUSE`, `EACCES`). */
export async function serve(node: RunningNode, options: ServeOptions): Promise<RunningServer> {
  let stopping = false;
  let missing = async (): Promise<readonly string[]> => [];
  const limiter = new TenantLimiter(options.limits ?? NO_LIMITS);
  const refusals = new RecentRefusals();
  const { memory, metricsToken, onDefect, onRefusal, patience, proxies, screen, tracing } = options;
  const embedderMissing = embedderProbe(memory ?? MEMORY_SETTINGS_DEFAULT, node.clock);
  const context: RouteContext = {
    node,
    limiter,
    refusals,
    isStopping: () => stopping,
    missing: async () => (await Promise.all([embedderMissing(), missing()])).flat(),
    sessions: newSessions(node),
    ...(memory === undefined ? {} : { memory }),
    ...(onDefect === undefined ? {} : { onDefect }),
    ...(metricsToken === undefined ? {} : { metricsToken }),
    ...(onRefusal === undefined ? {} : { onRefusal }),
    ...(patience === undefined ? {} : { patience }),
    ...(proxies === undefined ? {} : { proxies }),
    ...(screen === undefined ? {} : { screen }),
    ...(tracing === undefined ? {} : { tracing }),
  };
  const app = createApp(context, options);
  await app.listen({ host: options.host, port: options.port });
  const { port } = addressOf(app.server.address());
  const scheme = options.tls === undefined ? "http" : "https";
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return {
    url: `${scheme}://${host}:${port}`,
    port,
    http: app.server,
    take: (body) => answerTransition(context, { body, headers: {}, dryRun: false }),
    dependOn(asked) {
      missing = asked;
    },
    async stop() {
      stopping = true;
      await withLimit(app.close(), STOP_MS_MAX);
      await tracing?.stop();
      await node.close();
    },
  };
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (typeof address === "object" && address !== null) return address;
  throw new Error("the server listens on no port");
}

function withLimit(work: PromiseLike<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    work.then(done, done);
  });
}
