import { existsSync, readdirSync } from "node:fs";
import type { Log, RunningNode } from "@swoosh/server";
import { startLocalAgents, type LocalAgents } from "./local-agents.ts";

/** A server over a folder, with services and agents: all that a project needs, for one process. */
export interface EmbeddedFleet {
  readonly url: string;
  readonly node: RunningNode;
  readonly agents: LocalAgents;
  /** Resolves where the engine fenced itself. */
  readonly fenced: Promise<unknown>;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly data: string;
  readonly agents: number;
  readonly port: number;
  readonly log: Log;
}

/** Opens the folder (an empty one is initialised) and starts everything over it. */
export async function startEmbeddedFleet(options: EmbeddedOptions): Promise<EmbeddedFleet> {
  const { data, log } = options;
  const { initNode, openNode, SHIPPED_CHARTS } = await import("@swoosh/server");
  const { serve } = await import("@swoosh/server/http");
  const { startProjects } = await import("@swoosh/server/projects");
  const isNew = !existsSync(data) || readdirSync(data).length === 0;
  if (isNew) await initNode({ folder: data });
  const onDefect = (error: unknown): void =>
    log("error", error instanceof Error ? (error.stack ?? error.message) : String(error));
  const node = await openNode({ folder: data, onDefect });
  if (!isNew) await node.installCharts([SHIPPED_CHARTS]);
  const server = await serve(node, { host: "127.0.0.1", port: options.port, onDefect });
  const services = await startProjects(node, server.http, { log, heartbeatMs: 1_000 });
  const agents = await startLocalAgents(node, { count: options.agents, url: server.url, log });
  return {
    url: server.url,
    node,
    agents,
    fenced: node.engine.fenced,
    async stop() {
      await agents.stop();
      await services.stop();
      await server.stop();
    },
  };
}
