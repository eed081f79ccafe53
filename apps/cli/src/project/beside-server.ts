import type { Server } from "node:http";
import type { RunningServer } from "@swoosh/server/http";
import type { Log, RunningNode, Screen, WorldSettings } from "@swoosh/server";
import { startLocalAgents, type LocalAgents } from "./local-agents.ts";

/** What moves projects beside a server: services in its process, agents in theirs. */
export interface BesideServer {
  readonly agents: LocalAgents;
  stop(): Promise<void>;
}

export interface BesideOptions {
  readonly node: RunningNode;
  readonly http: Server;
  readonly url: string;
  readonly agents: number;
  readonly beatsPerMinute: number;
  readonly log: Log;
  readonly screen: Screen;
  /** How long the driver waits for who may come back. */
  readonly patience?: { readonly quorumMs: number; readonly lostMs: number };
  /** The world around; unless given, nobody is known. */
  readonly world?: WorldSettings;
  /** The server's own door for proposals that come another way than over HTTP. */
  readonly take?: RunningServer["take"];
  /** Where the server is told whom it depends on. */
  readonly dependOn?: RunningServer["dependOn"];
}

/** ms between heartbeats of agents on the same machine. */
const HEARTBEAT_MS = 1_000;

export async function startBeside(options: BesideOptions): Promise<BesideServer> {
  const { beatsPerMinute, http, log, node, patience, screen, take, url, world } = options;
  const { startProjects } = await import("@swoosh/server/projects");
  const projects = await startProjects(node, http, {
    log,
    screen,
    beatsPerMinute,
    heartbeatMs: HEARTBEAT_MS,
    ...(patience === undefined ? {} : { patience }),
    ...(world === undefined ? {} : { world }),
    ...(take === undefined ? {} : { take }),
  });
  options.dependOn?.(() => projects.missing());
  const agents = await startLocalAgents(node, { count: options.agents, url, log });
  return {
    agents,
    async stop() {
      await agents.stop();
      await projects.stop();
    },
  };
}
