import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { readAgent, readSession, holdsAgent, type Agent } from "@swoosh/fleet";
import type { Json, JsonObject } from "@swoosh/kernel";
import {
  FRAME_BYTES_MAX,
  HEARTBEAT_MS,
  type HelloFrame,
  type OfferedAgent,
} from "@swoosh/protocol";
import { WebSocketServer } from "ws";
import type { RunningNode } from "../node/open-node.ts";
import type { ProposeHere } from "../projects/propose-as.ts";
import { CallFailed } from "./call-failed.ts";
import { COME_BACK_MS, RUNNERS_MAX } from "./limits.ts";
import {
  RunnerConnection,
  type ConnectionHost,
  type Held,
  type Welcome,
} from "./runner-connection.ts";

/** Path at which runners connect. */
export const RUNNER_PATH = "/runner";

export interface GatewayOptions {
  readonly node: RunningNode;
  /** Proposes under the identity that speaks for connections: a controller of `agent/*`. */
  readonly propose: ProposeHere;
  readonly heartbeatMs?: number;
  readonly comeBackMs?: number;
  readonly onDefect?: (error: unknown) => void;
}

export type AgentEventListener = (agent: string, event: string, data: JsonObject) => void;

/**
 * Where runners connect (fleet design §3). Owns the connections and what each agent is known to hold; everything that
 * decides is a record: `Agent_Connect` before the welcome, `Agent_Disconnect` after the end.
 *
 * G3 of two connections of a runner the one with the higher number counts; numbers grow over restarts.
 * G4 an agent is told to stop what the log does not say that it holds.
 */
export class Gateway implements ConnectionHost {
  readonly node: RunningNode;
  readonly heartbeatMs: number;
  readonly #propose: ProposeHere;
  readonly #comeBackMs: number;
  readonly #onDefect: (error: unknown) => void;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES_MAX,
    perMessageDeflate: false,
  });
  readonly #open = new Set<RunnerConnection>();
  readonly #byRunner = new Map<string, RunnerConnection>();
  readonly #byAgent = new Map<string, RunnerConnection>();
  /** Sessions that an agent is known to work on, `session#fence`. */
  readonly #held = new Map<string, Set<string>>();
  readonly #listeners = new Set<AgentEventListener>();
  readonly #changes = new Set<() => void>();
  #lastConnection = 0;
  #isStopped = false;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: GatewayOptions) {
    this.node = options.node;
    this.#propose = options.propose;
    this.heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
    this.#comeBackMs = options.comeBackMs ?? COME_BACK_MS;
    this.#onDefect = options.onDefect ?? (() => {});
    for (const { connection } of this.agents())
      this.#lastConnection = Math.max(this.#lastConnection, connection);
  }

  /** Takes runners on this server's socket, at `RUNNER_PATH`; every other upgrade is refused. */
  attach(server: Server): void {
    server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    this.#sweep = setTimeout(() => this.#forgetLost(), this.#comeBackMs);
    this.#sweep.unref();
  }

  /** All agents that the log knows. */
  agents(): readonly Agent[] {
    const agents: Agent[] = [];
    for (const instance of this.node.engine.instances()) {
      if (!instance.startsWith("agent/")) continue;
      const head = this.node.engine.head(instance);
      if (head !== undefined) agents.push(readAgent(head.document));
    }
    return agents;
  }

  isConnected(agent: string): boolean {
    return this.#byAgent.has(agent);
  }

  /** Is the agent known to work on this session under this fence? */
  holds({ agent, fence, session }: Held): boolean {
    return this.#held.get(agent)?.has(`${session}#${fence}`) === true;
  }

  /** Calls an agent. Rejects with `CallFailed`. */
  async ask(agent: string, op: string, data: JsonObject, deadlineMs: number): Promise<Json> {
    return this.#connectionOf(agent).ask(agent, op, data, deadlineMs);
  }

  /** Hands work to an agent; the same again is fine. */
  async lease(held: Held, kind: string, data: JsonObject, deadlineMs: number): Promise<void> {
    await this.#connectionOf(held.agent).lease(held, kind, data, deadlineMs);
    this.#hold(held);
  }

  /** Tells an agent to stop. Rejects with `CallFailed` where it cannot be told. */
  async release(held: Held, reason: string, deadlineMs: number): Promise<void> {
    await this.#connectionOf(held.agent).release(held, reason, deadlineMs);
    this.#drop(held);
  }

  /** News from agents, such as lines of a task's log. Gives what ends it. */
  onEvent(listener: AgentEventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Told after each change of connections. Gives what ends it. */
  onChange(listener: () => void): () => void {
    this.#changes.add(listener);
    return () => this.#changes.delete(listener);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#sweep);
    for (const connection of this.#open) connection.close("going_away", "the controller stops");
    this.#sockets.close();
  }

  refuse({ agents, runner }: HelloFrame): string | undefined {
    for (const { id } of agents) {
      if (id !== runner && !id.startsWith(`${runner}-`))
        return `agent ${id} is not ${runner}'s: its name is the runner's, or begins with it and a dash`;
      if (this.#keyOf(id) === undefined)
        return `agent ${id} has no identity here; register identity/${id} first`;
    }
    return undefined;
  }

  async welcome(connection: RunnerConnection, hello: HelloFrame): Promise<Welcome> {
    this.#lastConnection += 1;
    const number = this.#lastConnection;
    const { agents, runner } = hello;
    for (const { capabilities, id, pool } of agents) {
      const key = this.#keyOf(id) ?? "";
      const inputs = { capabilities: [...capabilities], connection: number, key, pool, runner };
      const answer = await this.#propose(`agent/${id}`, "Agent_Connect", inputs);
      if (!answer.ok)
        this.#onDefect(new Error(`agent/${id} cannot connect: ${answer.reasons.join("; ")}`));
    }
    const adopt: Held[] = [];
    const release: Held[] = [];
    for (const { id, leases } of agents)
      for (const { fence, session } of leases) {
        const held = { agent: id, fence, session };
        (this.#isLent(held) ? adopt : release).push(held);
      }
    const before = this.#byRunner.get(runner);
    this.#byRunner.set(runner, connection);
    before?.close("replaced", "the runner connected again");
    for (const { id } of agents) {
      this.#byAgent.set(id, connection);
      this.#held.set(id, new Set());
    }
    for (const held of adopt) this.#hold(held);
    this.#tell();
    return { connection: number, adopt, release };
  }

  event(agent: string, event: string, data: JsonObject): void {
    for (const listener of this.#listeners) listener(agent, event, data);
  }

  released(_connection: RunnerConnection, agent: string, session: string, fence: number): void {
    this.#drop({ agent, fence, session });
    this.#tell();
  }

  roster(connection: RunnerConnection, agents: readonly OfferedAgent[]): void {
    for (const { id, leases } of agents) {
      if (this.#byAgent.get(id) !== connection) continue;
      this.#held.set(id, new Set(leases.map(({ fence, session }) => `${session}#${fence}`)));
    }
    this.#tell();
  }

  closed(connection: RunnerConnection, reason: string): void {
    this.#open.delete(connection);
    if (this.#byRunner.get(connection.runner) === connection)
      this.#byRunner.delete(connection.runner);
    const gone = [...this.#byAgent].filter(([, one]) => one === connection).map(([id]) => id);
    for (const id of gone) {
      this.#byAgent.delete(id);
      this.#held.delete(id);
    }
    if (this.#isStopped) return;
    for (const id of gone) void this.#disconnected(id, connection.number, reason);
    if (gone.length > 0) this.#tell();
  }

  async #disconnected(id: string, connection: number, reason: string): Promise<void> {
    const words = reason.replaceAll(/[^ !#-[\]-~]/g, " ").slice(0, 60) || "gone";
    const inputs = { connection, reason: words };
    const answer = await this.#propose(`agent/${id}`, "Agent_Disconnect", inputs);
    // Refused where it is connected anew already: then there is nothing to say.
    if (!answer.ok && answer.code !== "not_enabled" && answer.code !== "guard_failed")
      this.#onDefect(new Error(`agent/${id} cannot be told gone: ${answer.reasons.join("; ")}`));
  }

  /** Agents that an earlier run of the server left connected, and that did not come back. */
  #forgetLost(): void {
    for (const { connection, id, isConnected } of this.agents())
      if (isConnected && !this.#byAgent.has(id))
        void this.#disconnected(id, connection, "did not come back after a restart");
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path !== RUNNER_PATH || this.#isStopped || this.#open.size >= RUNNERS_MAX) {
      const status = path === RUNNER_PATH ? "503 Service Unavailable" : "404 Not Found";
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (web) => {
      this.#open.add(new RunnerConnection(web, this));
    });
  }

  #connectionOf(agent: string): RunnerConnection {
    const connection = this.#byAgent.get(agent);
    if (connection === undefined)
      throw new CallFailed("offline", `agent ${agent} is not connected`);
    return connection;
  }

  #keyOf(agent: string): string | undefined {
    const head = this.node.engine.state.head(`identity/${agent}`);
    const key = head?.document.context["key"];
    if (typeof key !== "string") return undefined;
    return this.node.engine.state.registry.identityOf(key) === agent ? key : undefined;
  }

  #isLent({ agent, fence, session }: Held): boolean {
    const head = this.node.engine.head(`session/${session}`);
    if (head === undefined) return false;
    const read = readSession(head.document);
    return holdsAgent(read) && read.agent === agent && read.fence === fence;
  }

  #hold({ agent, fence, session }: Held): void {
    this.#held.get(agent)?.add(`${session}#${fence}`);
  }

  #drop({ agent, fence, session }: Held): void {
    this.#held.get(agent)?.delete(`${session}#${fence}`);
  }

  #tell(): void {
    for (const listener of this.#changes) listener();
  }
}
