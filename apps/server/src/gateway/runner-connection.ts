import { base64urlOf, valueHash, type Json, type JsonObject } from "@swoosh/kernel";
import {
  CLOSINGS,
  HANDSHAKE_MS,
  helloPayload,
  MESSAGE_LENGTH_MAX,
  negotiate,
  readHello,
  readRunnerFrame,
  RUNNER_HELLO_TYPE,
  type AgentVersion,
  type CloseCode,
  type ControllerFrame,
  type HelloFrame,
  type OfferedAgent,
  type RunnerFrame,
  type VersionRange,
} from "@swoosh/protocol";
import type { WebSocket } from "ws";
import { hasher } from "../hasher.ts";
import type { RunningNode } from "../node/open-node.ts";
import { systemRandom } from "../node/system-random.ts";
import { CallFailed } from "./call-failed.ts";
import { Calls, type WakeIn } from "./calls.ts";
import { GATEWAY_CREDIT_FRAMES, SILENT_BEATS_MAX } from "./limits.ts";

/** Oldest first. 1.0.0 is one agent a connection, with a shared secret: its runners are not taken yet. */
const SPOKEN: readonly [AgentVersion] = ["2.0.0"];
/** ms that a peer has to answer the closing handshake before it is cut off. */
const CLOSING_MS = 1_000;

/** What the gateway is told by a connection, and what it says. */
export interface ConnectionHost {
  readonly node: Pick<RunningNode, "crypto" | "engine" | "origin">;
  readonly heartbeatMs: number;
  readonly wakeIn: WakeIn;
  /** Why this runner may not have these agents, or undefined. The signature holds already. */
  refuse(hello: HelloFrame): string | undefined;
  /**
   * The runner is who it says: numbers the connection, gives what the runner must go on with and what it must stop.
   * Undefined where the connection is over by then.
   */
  welcome(connection: RunnerConnection, hello: HelloFrame): Promise<Welcome | undefined>;
  /** Our mistake, or the world's: not the runner's. */
  defect(error: unknown): void;
  event(connection: RunnerConnection, agent: string, event: string, data: JsonObject): void;
  /** False where the agent is not this connection's. */
  released(connection: RunnerConnection, held: Held): boolean;
  roster(connection: RunnerConnection, agents: readonly OfferedAgent[]): void;
  closed(connection: RunnerConnection, reason: string): void;
}

export interface Welcome {
  readonly adopt: readonly Held[];
  readonly release: readonly Held[];
}

export interface Held {
  readonly agent: string;
  readonly fence: number;
  readonly session: string;
}

/**
 * One socket of a runner, from challenge to closing. Owns what belongs to the connection: its number, calls under way,
 * the runner's credit, heartbeats. Knows nothing of the log.
 *
 * G1 nothing but one hello is taken before the welcome, and nothing at all after the end.
 * G5 whoever is turned away hears why, before the closing.
 */
export class RunnerConnection {
  /** Of the hello; empty before it. */
  runner = "";
  /** The key that signed the hello. */
  signer = "";
  /** Given by the host, which knows those of before. */
  number = 0;
  readonly #socket: WebSocket;
  readonly #host: ConnectionHost;
  readonly #challenge = base64urlOf(systemRandom.bytes(32));
  readonly #calls: Calls;
  #version: AgentVersion = "2.0.0";
  #hasSaidHello = false;
  #isWelcome = false;
  /** Frames that the runner may still send, and those that it was not yet given back. */
  #allowed = GATEWAY_CREDIT_FRAMES;
  #taken = 0;
  #beat = 0;
  #heard = 0;
  #silentBeats = 0;
  #isOver = false;
  #stopTimer: () => void;

  constructor(socket: WebSocket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#calls = new Calls((frame) => this.#send(frame), host.wakeIn);
    socket.on("message", (data, isBinary) => {
      if (isBinary) return this.close("bad_frame", "frames are text");
      return this.#read(String(data));
    });
    socket.on("close", () => this.#end("the runner closed the connection"));
    socket.on("error", (error) => this.#end(error.message));
    this.#stopTimer = host.wakeIn(HANDSHAKE_MS, () =>
      this.close("hello_required", `no hello within ${HANDSHAKE_MS} ms`),
    );
    this.#send({ type: "challenge", challenge: this.#challenge, origin: host.node.origin });
  }

  /** Calls an agent of this runner. Rejects with `CallFailed`. */
  ask(agent: string, op: string, data: JsonObject, deadlineMs: number): Promise<Json> {
    return this.#call(deadlineMs, (id) => ({
      type: "req",
      agent,
      data,
      deadline_ms: deadlineMs,
      id,
      op,
    }));
  }

  lease(held: Held, kind: string, data: JsonObject, deadlineMs: number): Promise<Json> {
    return this.#call(deadlineMs, (id) => ({ type: "lease", ...held, kind, data, id }));
  }

  release(held: Held, reason: string, deadlineMs: number): Promise<Json> {
    return this.#call(deadlineMs, (id) => ({ type: "release", ...held, reason, id }));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends the connection with a code of the protocol. */
  close(code: CloseCode, message: string, supported?: VersionRange): void {
    if (this.#isOver) return;
    const why = message.slice(0, MESSAGE_LENGTH_MAX);
    if (this.#isWelcome) this.#send({ type: "error", error: why });
    else
      this.#send({
        type: "reject",
        code,
        message: why,
        ...(supported === undefined ? {} : { supported }),
      });
    const { reason, status } = CLOSINGS[code];
    this.#socket.close(status, reason);
    this.#end(message);
    setTimeout(() => this.#socket.terminate(), CLOSING_MS).unref();
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopTimer();
    this.#calls.end(`the connection of ${this.runner} is over: ${reason}`);
    this.#host.closed(this, reason);
  }

  #read(text: string): void {
    if (this.#isOver) return;
    this.#silentBeats = 0;
    if (!this.#isWelcome) return this.#greet(text);
    const read = readRunnerFrame(text, this.#version);
    if (!read.ok) return this.close(read.code, read.message);
    return this.#take(read.frame);
  }

  #greet(text: string): void {
    if (this.#hasSaidHello)
      return this.close("bad_frame", "nothing may follow the hello before the welcome");
    this.#hasSaidHello = true;
    this.#stopTimer();
    this.#hello(text).catch((error: unknown) => {
      this.#host.defect(error);
      this.close("going_away", "the controller cannot take the runner now; connect again");
    });
    return undefined;
  }

  async #hello(text: string): Promise<void> {
    const read = readHello(text);
    if (!read.ok) return this.close(read.code, read.message);
    if (read.frame.generation === 1)
      return this.close("unauthorized", "runners of version 1.0.0 are not taken here");
    const { hello } = read.frame;
    if (!(await this.#isSigned(hello)))
      return this.close(
        "unauthorized",
        `the hello is not signed by ${hello.runner}: the key of identity/${hello.runner} must sign it, register that identity here first`,
      );
    const no = this.#host.refuse(hello);
    if (no !== undefined) return this.close("unauthorized", no);
    const negotiated = negotiate(hello.protocol, SPOKEN);
    if (!negotiated.ok) return this.close("incompatible", negotiated.message, negotiated.supported);
    this.#version = negotiated.version;
    this.runner = hello.runner;
    this.signer = hello.signer;
    const welcome = await this.#host.welcome(this, hello);
    if (welcome === undefined || this.#isOver) return undefined;
    const { adopt, release } = welcome;
    this.#isWelcome = true;
    this.#send({
      type: "welcome",
      adopt,
      connection: this.number,
      credit: GATEWAY_CREDIT_FRAMES,
      heartbeat_ms: this.#host.heartbeatMs,
      protocol: negotiated.version,
      release,
    });
    return this.#beatOn();
  }

  async #isSigned(hello: HelloFrame): Promise<boolean> {
    const { crypto, engine, origin } = this.#host.node;
    if (engine.state.registry.identityOf(hello.signer) !== hello.runner) return false;
    const payload = helloPayload({
      challenge: this.#challenge,
      origin,
      runner: hello.runner,
      signer: hello.signer,
    });
    const [holds] = await crypto.verify([
      {
        kind: "signature",
        key: hello.signer,
        type: RUNNER_HELLO_TYPE,
        payload,
        payload_hash: valueHash(hasher, payload),
        signature: hello.signature,
      },
    ]);
    return holds === true;
  }

  #take(frame: RunnerFrame): void {
    switch (frame.type) {
      case "hello":
        return this.close("bad_frame", "a second hello");
      case "resp":
        return this.#calls.settle(frame);
      case "heartbeat":
        this.#heard = frame.beat;
        return undefined;
      case "credit":
        return this.#calls.grant(frame.frames);
      case "event":
        if (this.#spend()) this.#host.event(this, frame.agent, frame.event, frame.data);
        return undefined;
      case "roster":
        if (this.#spend()) this.#host.roster(this, frame.agents);
        return undefined;
      case "release":
        if (!this.#spend()) return undefined;
        return this.#host.released(this, frame)
          ? this.#send({ type: "resp", id: frame.id, ok: true })
          : this.#refuse(frame.id, "not_yours", `${frame.agent} is not on this connection`);
      case "req":
        if (!this.#spend()) return undefined;
        return this.#refuse(frame.id, "unknown_op", `the controller has no ${frame.op}`);
      case "cancel":
        this.#spend();
        return undefined;
    }
  }

  #refuse(id: string, code: string, message: string): void {
    this.#send({ type: "resp", id, ok: false, error: { code, message } });
  }

  /** Takes one frame off the runner's credit, and gives it back by the half. */
  #spend(): boolean {
    this.#allowed -= 1;
    if (this.#allowed < 0) {
      this.close("credit_exceeded", "more frames than the credit");
      return false;
    }
    this.#taken += 1;
    if (this.#taken * 2 >= GATEWAY_CREDIT_FRAMES) {
      this.#send({ type: "credit", frames: this.#taken });
      this.#allowed += this.#taken;
      this.#taken = 0;
    }
    return true;
  }

  #beatOn(): void {
    this.#stopTimer = this.#host.wakeIn(this.#host.heartbeatMs, () => {
      this.#silentBeats += 1;
      if (this.#silentBeats > SILENT_BEATS_MAX) return this.close("stale", "no heartbeat");
      this.#beat += 1;
      this.#send({ type: "heartbeat", beat: this.#beat, ack: this.#heard });
      return this.#beatOn();
    });
  }

  #call(deadlineMs: number, frame: (id: string) => ControllerFrame): Promise<Json> {
    if (this.#isOver) return Promise.reject(new CallFailed("lost", "the connection is over"));
    return this.#calls.make(deadlineMs, frame);
  }

  #send(frame: ControllerFrame): void {
    if (!this.#isOver) this.#socket.send(JSON.stringify(frame));
  }
}
