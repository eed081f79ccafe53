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
import { wakeInReal, type WakeIn } from "./calls.ts";
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
  /** In tests: a clock that they move. */
  readonly wakeIn?: WakeIn;
  readonly onDefect?: (error: unknown) => void;
}

/** Records after which somebody may have to go. */
const TAKES_BACK = /"transition":"(?:Agent_Revoke|Identity_Revoke|Identity_Rotate)"/;

export type AgentEventListener = (agent: string, event: string, data: JsonObject) => void;

/**
 * Where runners connect (fleet design §3). Owns the connections and what each agent is known to hold; everything that
 * decides is a record: `Agent_Connect` before the welcome, `Agent_Disconnect` after the end.
 *
 * G3 of two connections of a runner the one with the higher number counts; numbers grow over restarts.
 * G4 an agent is told to stop what the log does not say that it holds.
 * G6 whose key or trust is taken back is not connected any more.
 */
export class Gateway implements ConnectionHost {
  readonly node: RunningNode;
  readonly heartbeatMs: number;
  readonly wakeIn: WakeIn;
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
  /** Agents between their hello and the welcome. */
  readonly #coming = new Map<string, RunnerConnection>();
  /** Sessions that an agent is known to work on, `session#fence`. */
  readonly #held = new Map<string, Set<string>>();
  readonly #listeners = new Set<AgentEventListener>();
  readonly #changes = new Set<() => void>();
  #lastConnection = 0;
  #isStopped = false;
  #detach: () => void = () => {};
  #stopSweep: () => void = () => {};
  #stopHearing: () => void = () => {};

  constructor(options: GatewayOptions) {
    this.node = options.node;
    this.#propose = options.propose;
    this.heartbeatMs = options.heartbeatMs ?? HEARTBEAT_MS;
    this.wakeIn = options.wakeIn ?? wakeInReal;
    this.#comeBackMs = options.comeBackMs ?? COME_BACK_MS;
    this.#onDefect = options.onDefect ?? (() => {});
    for (const { connection } of this.agents())
      this.#lastConnection = Math.max(this.#lastConnection, connection);
  }

  /** Takes runners on this server's socket, at `RUNNER_PATH`, until it is stopped; every other upgrade is refused. */
  attach(server: Server): void {
    const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
      this.#upgrade(request, socket, head);
    server.on("upgrade", upgrade);
    this.#detach = () => server.off("upgrade", upgrade);
    this.#stopSweep = this.wakeIn(this.#comeBackMs, () => this.#forgetLost());
    this.#stopHearing = this.node.onRecord(({ text }) => {
      if (TAKES_BACK.test(text)) this.#turnAway();
    });
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
    this.#detach();
    this.#stopSweep();
    this.#stopHearing();
    for (const connection of this.#open) connection.close("going_away", "the controller stops");
    this.#sockets.close();
  }

  refuse({ agents, runner }: HelloFrame): string | undefined {
    const names = new Set<string>();
    for (const { id } of agents) {
      if (names.has(id)) return `agent ${id} is named twice`;
      names.add(id);
      if (id !== runner && !id.startsWith(`${runner}-`))
        return `agent ${id} is not ${runner}'s: its name is the runner's, or begins with it and a dash`;
      if (this.#keyOf(id) === undefined)
        return `agent ${id} has no identity here; register identity/${id} first`;
    }
    // One of many that is revoked stays away alone.
    if (agents.length > 0 && agents.every(({ id }) => this.#isRevoked(id)))
      return `${[...names].join(", ")} revoked; an agent that shall work again needs another name`;
    return undefined;
  }

  defect(error: unknown): void {
    this.#onDefect(error);
  }

  async welcome(connection: RunnerConnection, hello: HelloFrame): Promise<Welcome | undefined> {
    this.#lastConnection += 1;
    connection.number = this.#lastConnection;
    const agents = hello.agents.filter(({ id }) => !this.#isRevoked(id));
    for (const { id } of agents) this.#coming.set(id, connection);
    try {
      for (const agent of agents) await this.#connect(connection, agent);
    } catch (error) {
      this.#onDefect(error);
      connection.close("going_away", "the controller cannot take the agents now; connect again");
    } finally {
      for (const { id } of agents) if (this.#coming.get(id) === connection) this.#coming.delete(id);
    }
    const before = this.#byRunner.get(hello.runner);
    if (before !== undefined && before.number > connection.number)
      connection.close("replaced", "the runner connected again");
    if (connection.isOver) {
      // It ended before anybody could be told of it: nobody else takes the agents back.
      for (const { id } of agents)
        void this.#disconnected(id, connection.number, "gone before the welcome");
      return undefined;
    }
    this.#byRunner.set(hello.runner, connection);
    before?.close("replaced", "the runner connected again");
    for (const { id } of agents) {
      this.#byAgent.set(id, connection);
      this.#held.set(id, new Set());
    }
    const adopt: Held[] = [];
    const release: Held[] = [];
    for (const { id, leases } of hello.agents)
      for (const { fence, session } of leases) {
        const held = { agent: id, fence, session };
        (this.#isLent(held) ? adopt : release).push(held);
      }
    for (const held of adopt) this.#hold(held);
    this.#tell();
    return { adopt, release };
  }

  event(connection: RunnerConnection, agent: string, event: string, data: JsonObject): void {
    if (this.#byAgent.get(agent) !== connection) return;
    for (const listener of this.#listeners) listener(agent, event, data);
  }

  released(connection: RunnerConnection, held: Held): boolean {
    if (this.#byAgent.get(held.agent) !== connection) return false;
    this.#drop(held);
    this.#tell();
    return true;
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

  async #connect({ number, runner }: RunnerConnection, agent: OfferedAgent): Promise<void> {
    const { capabilities, id, pool } = agent;
    const key = this.#keyOf(id) ?? "";
    const inputs = { capabilities: [...capabilities], connection: number, key, pool, runner };
    const answer = await this.#propose(`agent/${id}`, "Agent_Connect", inputs);
    // A newer connection has it by now: that is looked at once all have been asked for.
    if (answer.ok || answer.guard === "newerConnection") return;
    throw new Error(`agent/${id} cannot connect: ${answer.reasons.join("; ")}`);
  }

  async #disconnected(id: string, connection: number, reason: string): Promise<void> {
    if (this.#isStopped) return;
    const words = reason.replaceAll(/[^ !#-[\]-~]/g, " ").slice(0, 60) || "gone";
    const inputs = { connection, reason: words };
    try {
      const answer = await this.#propose(`agent/${id}`, "Agent_Disconnect", inputs);
      // Refused where it is connected anew already: then there is nothing to say.
      if (answer.ok || answer.code === "not_enabled" || answer.code === "guard_failed") return;
      this.#onDefect(new Error(`agent/${id} cannot be told gone: ${answer.reasons.join("; ")}`));
    } catch (error) {
      this.#onDefect(error);
    }
  }

  /** Agents that an earlier run of the server left connected, and that did not come back. */
  #forgetLost(): void {
    for (const { connection, id, isConnected } of this.agents())
      if (isConnected && !this.#byAgent.has(id) && !this.#coming.has(id))
        void this.#disconnected(id, connection, "did not come back after a restart");
  }

  /** Ends what those have whose key or trust was taken back. */
  #turnAway(): void {
    const { registry } = this.node.engine.state;
    for (const [runner, connection] of [...this.#byRunner])
      if (registry.identityOf(connection.signer) !== runner)
        connection.close("unauthorized", `the key of ${runner} is its key no more`);
    for (const [id, connection] of [...this.#byAgent]) {
      if (!this.#isRevoked(id) && this.#keyOf(id) !== undefined) continue;
      this.#byAgent.delete(id);
      this.#held.delete(id);
      if (![...this.#byAgent.values()].includes(connection))
        connection.close("unauthorized", `agent ${id} is revoked`);
    }
    this.#tell();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // What a stranger asks for may be anything, and its socket may end at any time.
    socket.on("error", () => socket.destroy());
    const [path] = (request.url ?? "").split("?");
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

  #isRevoked(agent: string): boolean {
    const head = this.node.engine.head(`agent/${agent}`);
    return head?.document.configuration.includes("Trust.REVOKED") === true;
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
