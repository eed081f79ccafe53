import { base64urlOf, valueHash, type Json, type JsonObject } from "@swoosh/kernel";
import {
  CLOSINGS,
  HANDSHAKE_MS,
  helloPayload,
  negotiate,
  readHello,
  readRunnerFrame,
  RUNNER_HELLO_TYPE,
  type AgentVersion,
  type CloseCode,
  type ControllerFrame,
  type HelloFrame,
  type OfferedAgent,
  type ResponseFrame,
  type RunnerFrame,
} from "@swoosh/protocol";
import type { WebSocket } from "ws";
import { hasher } from "../hasher.ts";
import type { RunningNode } from "../node/open-node.ts";
import { systemRandom } from "../node/system-random.ts";
import { CallFailed } from "./call-failed.ts";
import { GATEWAY_CREDIT_FRAMES, SILENT_BEATS_MAX, WAITING_CALLS_MAX } from "./limits.ts";

/** What the gateway is told by a connection, and what it says. */
export interface ConnectionHost {
  readonly node: Pick<RunningNode, "crypto" | "engine" | "origin">;
  readonly heartbeatMs: number;
  /** Why this runner may not have these agents, or undefined. The signature holds already. */
  refuse(hello: HelloFrame): string | undefined;
  /** The runner is who it says: gives what it must go on with and what it must stop. */
  welcome(connection: RunnerConnection, hello: HelloFrame): Promise<Welcome>;
  event(agent: string, event: string, data: JsonObject): void;
  released(connection: RunnerConnection, agent: string, session: string, fence: number): void;
  roster(connection: RunnerConnection, agents: readonly OfferedAgent[]): void;
  closed(connection: RunnerConnection, reason: string): void;
}

export interface Welcome {
  readonly connection: number;
  readonly adopt: readonly Held[];
  readonly release: readonly Held[];
}

export interface Held {
  readonly agent: string;
  readonly fence: number;
  readonly session: string;
}

interface Pending {
  settle(answer: ResponseFrame): void;
  fail(error: CallFailed): void;
}

/**
 * One socket of a runner, from challenge to closing. Owns what belongs to the connection: its number, calls under way,
 * credit both ways, heartbeats. Knows nothing of the log.
 *
 * G1 nothing but a hello is taken before the welcome, and nothing at all after the end.
 * G2 a call settles exactly once: by its answer, its deadline, or the end of the connection.
 */
export class RunnerConnection {
  runner = "";
  number = 0;
  isWelcome = false;
  readonly #socket: WebSocket;
  readonly #host: ConnectionHost;
  readonly #challenge = base64urlOf(systemRandom.bytes(32));
  readonly #pending = new Map<string, Pending>();
  #version: AgentVersion = "2.0.0";
  #calls = 0;
  #credit = 0;
  /** Calls that wait for credit; each of them has its deadline. */
  #waiting: ControllerFrame[] = [];
  /** Frames that the runner may still send, and those that it was not yet given back. */
  #allowed = GATEWAY_CREDIT_FRAMES;
  #taken = 0;
  #beat = 0;
  #heard = 0;
  #silentBeats = 0;
  #isOver = false;
  #timer: NodeJS.Timeout;

  constructor(socket: WebSocket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    socket.on("message", (data, isBinary) => {
      if (isBinary) return this.close("bad_frame", "frames are text");
      return this.#read(String(data));
    });
    socket.on("close", () => this.#end("the runner closed the connection"));
    socket.on("error", (error) => this.#end(error.message));
    this.#timer = setTimeout(
      () => this.close("hello_required", `no hello within ${HANDSHAKE_MS} ms`),
      HANDSHAKE_MS,
    );
    this.#timer.unref();
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

  /** Ends the connection with a code of the protocol. */
  close(code: CloseCode, message: string): void {
    if (this.#isOver) return;
    if (!this.isWelcome) this.#send({ type: "reject", code, message });
    const { reason, status } = CLOSINGS[code];
    this.#socket.close(status, reason);
    this.#end(message);
    // A peer that answers no closing handshake is cut off.
    setTimeout(() => this.#socket.terminate(), 1_000).unref();
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const { fail } of this.#pending.values())
      fail(new CallFailed("lost", `the connection of ${this.runner} is over: ${reason}`));
    this.#pending.clear();
    this.#host.closed(this, reason);
  }

  #read(text: string): void {
    if (this.#isOver) return;
    this.#silentBeats = 0;
    if (!this.isWelcome) {
      void this.#hello(text);
      return;
    }
    const read = readRunnerFrame(text, this.#version);
    if (!read.ok) return this.close(read.code, read.message);
    return this.#take(read.frame);
  }

  async #hello(text: string): Promise<void> {
    const read = readHello(text);
    if (!read.ok) return this.close(read.code, read.message);
    if (read.frame.generation === 1)
      return this.close("unauthorized", "runners of version 1.0.0 are not taken here");
    const { hello } = read.frame;
    if (!(await this.#isSigned(hello)))
      return this.close("unauthorized", `the hello is not signed by ${hello.runner}`);
    const no = this.#host.refuse(hello);
    if (no !== undefined) return this.close("unauthorized", no);
    const negotiated = negotiate(hello.protocol);
    if (!negotiated.ok) {
      const { message, supported } = negotiated;
      this.#send({ type: "reject", code: "incompatible", message, supported });
      this.isWelcome = true;
      return this.close("incompatible", message);
    }
    this.#version = negotiated.version;
    this.runner = hello.runner;
    const { adopt, connection, release } = await this.#host.welcome(this, hello);
    if (this.#isOver) return undefined;
    this.isWelcome = true;
    this.number = connection;
    clearTimeout(this.#timer);
    this.#send({
      type: "welcome",
      adopt,
      connection,
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
        this.#pending.get(frame.id)?.settle(frame);
        return undefined;
      case "heartbeat":
        this.#heard = frame.beat;
        return undefined;
      case "credit":
        this.#credit += frame.frames;
        return this.#flush();
      case "event":
        if (this.#spend()) this.#host.event(frame.agent, frame.event, frame.data);
        return undefined;
      case "roster":
        if (this.#spend()) this.#host.roster(this, frame.agents);
        return undefined;
      case "release":
        if (!this.#spend()) return undefined;
        this.#host.released(this, frame.agent, frame.session, frame.fence);
        return this.#send({ type: "resp", id: frame.id, ok: true });
      case "req":
        if (!this.#spend()) return undefined;
        return this.#send({
          type: "resp",
          id: frame.id,
          ok: false,
          error: { code: "unknown_op", message: `the controller has no ${frame.op}` },
        });
      case "cancel":
        this.#spend();
        return undefined;
    }
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
    this.#timer = setTimeout(() => {
      this.#silentBeats += 1;
      if (this.#silentBeats > SILENT_BEATS_MAX) return this.close("stale", "no heartbeat");
      this.#beat += 1;
      this.#send({ type: "heartbeat", beat: this.#beat, ack: this.#heard });
      return this.#beatOn();
    }, this.#host.heartbeatMs);
    this.#timer.unref();
  }

  #call(deadlineMs: number, frame: (id: string) => ControllerFrame): Promise<Json> {
    if (this.#isOver) return Promise.reject(new CallFailed("lost", "the connection is over"));
    if (this.#waiting.length >= WAITING_CALLS_MAX)
      return Promise.reject(new CallFailed("no_credit", `${this.runner} takes no more frames now`));
    this.#calls += 1;
    const id = `${this.number}-${this.#calls}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        this.#cancel(id);
        reject(new CallFailed("deadline", `no answer within ${deadlineMs} ms`));
      }, deadlineMs);
      timer.unref();
      const done = (): void => {
        clearTimeout(timer);
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        settle: (answer) => {
          done();
          if (answer.ok) resolve(answer.data ?? null);
          else reject(new CallFailed(answer.error?.code ?? "failed", answer.error?.message ?? ""));
        },
        fail: (error) => {
          done();
          reject(error);
        },
      });
      this.#waiting.push(frame(id));
      this.#flush();
    });
  }

  /** Sends what waits, as far as the credit goes. */
  #flush(): void {
    while (this.#credit > 0) {
      const frame = this.#waiting.shift();
      if (frame === undefined) return;
      this.#credit -= 1;
      this.#send(frame);
    }
  }

  /** A call that was never sent needs no word. */
  #cancel(id: string): void {
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((frame) => !("id" in frame) || frame.id !== id);
    if (this.#waiting.length < before || this.#credit <= 0) return;
    this.#credit -= 1;
    this.#send({ type: "cancel", id });
  }

  #send(frame: ControllerFrame): void {
    if (!this.#isOver) this.#socket.send(JSON.stringify(frame));
  }
}
