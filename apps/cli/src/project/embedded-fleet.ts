import type { Log, RunningNode } from "@swoosh/server";
import { startBeside, type BesideOptions } from "./beside-server.ts";
import type { LocalAgents } from "./local-agents.ts";

/** A server over a folder, with services and agents: all that a project needs, for one process. */
export interface EmbeddedFleet {
  readonly url: string;
  readonly node: RunningNode;
  readonly agents: LocalAgents;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  readonly data: string;
  readonly agents: number;
  readonly beatsPerMinute: number;
  readonly log: Log;
  readonly patience?: BesideOptions["patience"];
  readonly world?: BesideOptions["world"];
}

/** Opens the folder (an empty one is initialised) and starts everything over it. */
export async function startEmbeddedFleet(options: EmbeddedOptions): Promise<EmbeddedFleet> {
  const { agents, beatsPerMinute, data, log } = options;
  const { dataFolder } = await import("@swoosh/server/keys");
  const { createScreen, initNode, isFresh, openNode, SHIPPED_CHARTS } =
    await import("@swoosh/server");
  const { serve } = await import("@swoosh/server/http");
  // Also one that a crash left half-made.
  const isNew = isFresh(dataFolder(data));
  if (isNew) await initNode({ folder: data });
  const onDefect = (error: unknown): void =>
    log("error", error instanceof Error ? (error.stack ?? error.message) : String(error));
  const node = await openNode({ folder: data, onDefect });
  if (!isNew) await node.installCharts([SHIPPED_CHARTS]);
  const screen = createScreen(data);
  const server = await serve(node, { host: "127.0.0.1", port: 0, screen, onDefect });
  const { http, url } = server;
  const { patience, world } = options;
  const beside = await startBeside({
    node,
    http,
    url,
    agents,
    beatsPerMinute,
    screen,
    log,
    ...(patience === undefined ? {} : { patience }),
    ...(world === undefined ? {} : { world }),
  });
  return {
    url,
    node,
    agents: beside.agents,
    async stop() {
      await beside.stop();
      await server.stop();
    },
  };
}
