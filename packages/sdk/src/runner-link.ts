import { canonicalize, type Json } from "@swoosh/kernel/values";
import {
  helloPayload,
  readControllerFrame,
  RECONNECT_MS_MAX,
  RUNNER_HELLO_TYPE,
  RUNNER_VERSIONS,
  type ChallengeFrame,
  type ControllerFrame,
  type LeaseFrame,
  type OfferedAgent,
  type ReleaseFrame,
  type RequestFrame,
  type RunnerFrame,
  type WelcomeFrame,
} from "@swoosh/protocol";
import {
  RUNNER_CREDIT_FRAMES,
  RUNNER_RETRY_MS_MIN,
  RUNNER_STEADY_MS,
  RUNNER_WELCOME_MS,
} from "./limits.ts";
import type { SdkPorts, Signer } from "./ports.ts";
import { randomBelow } from "./random-below.ts";
import type { OpenSocket, RunnerSocket } from "./runner-socket.ts";
import { signJson } from "./sign-proposal.ts";

/** What a runner does with what the controller asks. Rejections become `resp` with `ok: false`. */
export interface RunnerHandler {
  /** All agents with what they still work on: told at each connection, so that a restarted controller adopts it. */
  agents(): readonly OfferedAgent[];
  welcome(welcome: WelcomeFrame): void;
  call(request: RequestFrame): Promise<Json>;
  lease(lease: LeaseFrame): Promise<Json>;
  release(release: ReleaseFrame): Promise<Json>;
  /** The connection is over; another one is tried after `retryMs`. */
  lost(reason: string, retryMs: number): void;
  /** The controller says no for good: nothing is tried again. */
  rejected(code: string, message: string): void;
}

export interface RunnerOptions {
  readonly url: string;
  /** Name of the runner's identity. */
  readonly runner: string;
  readonly signer: Signer;
  readonly ports: Pick<SdkPorts, "clock" | "hasher" | "random">;
  readonly open: OpenSocket;
  readonly handler: RunnerHandler;
}

/** A runner's connection to its controller: kept up until it is stopped. */
export interface RunnerLink {
  /** Something happened to an agent; lost where there is no connection or no credit: events are news, not facts. */
  event(agent: string, event: string, data: { readonly [name: string]: Json }): boolean;
  /** Tells all agents anew: at once, or as soon as there is a connection and credit. */
  roster(): void;
  stop(): void;
}

/** Codes after which the same runner would be refused again. */
const FOR_GOOD = new Set(["unauthorized", "incompatible", "bad_frame"]);
/** Heartbeats without a word from the other side, after which the connection counts as dead. */
const SILENT_BEATS_MAX = 3;

/** Connects a runner (fleet design §3): challenge, signed hello, welcome, heartbeats, credit; again after every loss. */
export function connectRunner(options: RunnerOptions): RunnerLink {
  return new Link(options);
}

class Link implements RunnerLink {
  readonly #options: RunnerOptions;
  #socket: RunnerSocket | null = null;
  #welcome: WelcomeFrame | null = null;
  /** Frames that may still be sent, and that the controller has sent since it was last given credit. */
  #credit = 0;
  #taken = 0;
  #beat = 0;
  #heard = 0;
  #silentBeats = 0;
  #isRosterDue = false;
  #retryMs = RUNNER_RETRY_MS_MIN;
  /** When the welcome came. */
  #since = 0;
  /** What the controller said was wrong, before it closed. */
  #lastWord = "";
  #stopBeating: () => void = () => {};
  #stopWaiting: () => void = () => {};
  #isStopped = false;
  /** Grows with each socket: what an older one still says is not heard. */
  #round = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#connect();
  }

  event(agent: string, event: string, data: { readonly [name: string]: Json }): boolean {
    if (this.#welcome === null || this.#credit <= 0) return false;
    this.#credit -= 1;
    this.#send({ type: "event", agent, event, data });
    return true;
  }

  roster(): void {
    this.#isRosterDue = true;
    this.#tellRoster();
  }

  stop(): void {
    this.#isStopped = true;
    this.#stopBeating();
    this.#stopWaiting();
    this.#socket?.close();
  }

  #connect(): void {
    this.#round += 1;
    const round = this.#round;
    const isNow = (): boolean => round === this.#round && !this.#isStopped;
    const { clock } = this.#options.ports;
    this.#lastWord = "";
    // A controller that takes the socket and then says nothing is as good as none.
    this.#stopWaiting = clock.wakeIn(RUNNER_WELCOME_MS, () =>
      this.#lost(`no welcome within ${RUNNER_WELCOME_MS} ms`),
    );
    const socket = this.#options.open(this.#options.url, {
      onText: (text) => {
        if (isNow()) this.#read(text, round);
      },
      onClose: (reason) => {
        if (isNow()) this.#lost(this.#lastWord === "" ? reason : `${reason}: ${this.#lastWord}`);
      },
    });
    if (isNow()) this.#socket = socket;
    else socket.close();
  }

  #lost(reason: string): void {
    this.#round += 1;
    this.#socket?.close();
    this.#socket = null;
    this.#stopBeating();
    this.#stopWaiting();
    if (this.#isStopped) return;
    const { clock } = this.#options.ports;
    const wasSteady = this.#welcome !== null && clock.now() - this.#since >= RUNNER_STEADY_MS;
    this.#welcome = null;
    if (wasSteady) this.#retryMs = RUNNER_RETRY_MS_MIN;
    const waitMs =
      this.#retryMs - randomBelow(this.#options.ports, Math.trunc(this.#retryMs / 2) + 1);
    this.#retryMs = Math.min(this.#retryMs * 2, RECONNECT_MS_MAX);
    this.#options.handler.lost(reason, waitMs);
    this.#stopWaiting = clock.wakeIn(waitMs, () => this.#connect());
  }

  #read(text: string, round: number): void {
    const read = readControllerFrame(text, this.#welcome?.protocol ?? "2.0.0");
    if (!read.ok) return this.#lost(`a frame that cannot be read: ${read.message}`);
    this.#silentBeats = 0;
    this.#take(read.frame, round).catch((error: unknown) => {
      if (round === this.#round) this.#lost(messageOf(error));
    });
  }

  async #take(frame: ControllerFrame, round: number): Promise<void> {
    const { handler } = this.#options;
    switch (frame.type) {
      case "challenge":
        return this.#hello(frame, round);
      case "welcome":
        return this.#begin(frame);
      case "reject":
        if (FOR_GOOD.has(frame.code)) this.stop();
        if (FOR_GOOD.has(frame.code)) handler.rejected(frame.code, frame.message);
        this.#lastWord = frame.message;
        return undefined;
      case "req":
        return this.#answer(frame.id, round, () => handler.call(frame));
      case "lease":
        return this.#answer(frame.id, round, () => handler.lease(frame));
      case "release":
        return this.#answer(frame.id, round, () => handler.release(frame));
      case "heartbeat":
        this.#heard = frame.beat;
        return undefined;
      case "credit":
        this.#credit += frame.frames;
        return this.#tellRoster();
      case "cancel":
      case "event":
        // Nothing to do; but the controller paid for it.
        return this.#giveCredit();
      case "error":
        this.#lastWord = frame.error;
        return undefined;
      case "resp":
        return undefined;
    }
  }

  async #hello({ challenge, origin }: ChallengeFrame, round: number): Promise<void> {
    const { handler, ports, runner, signer } = this.#options;
    const payload = helloPayload({ challenge, origin, runner, signer: signer.key });
    const signature = await signJson(ports, signer, RUNNER_HELLO_TYPE, canonicalize(payload));
    if (round !== this.#round) return;
    this.#isRosterDue = false;
    this.#send({
      type: "hello",
      agents: handler.agents(),
      protocol: RUNNER_VERSIONS,
      runner,
      signature,
      signer: signer.key,
    });
  }

  #begin(welcome: WelcomeFrame): void {
    this.#welcome = welcome;
    this.#credit = welcome.credit;
    this.#taken = 0;
    this.#since = this.#options.ports.clock.now();
    this.#stopWaiting();
    this.#send({ type: "credit", frames: RUNNER_CREDIT_FRAMES });
    this.#options.handler.welcome(welcome);
    // What ended since the hello, the controller takes for running.
    this.#tellRoster();
    this.#beatOn(welcome.heartbeat_ms);
  }

  #tellRoster(): void {
    if (!this.#isRosterDue || this.#welcome === null || this.#credit <= 0) return;
    this.#isRosterDue = false;
    this.#credit -= 1;
    this.#send({ type: "roster", agents: this.#options.handler.agents() });
  }

  #beatOn(everyMs: number): void {
    this.#stopBeating();
    this.#stopBeating = this.#options.ports.clock.wakeIn(everyMs, () => {
      this.#silentBeats += 1;
      if (this.#silentBeats > SILENT_BEATS_MAX) return this.#lost("the controller is silent");
      this.#beat += 1;
      this.#send({ type: "heartbeat", beat: this.#beat, ack: this.#heard });
      return this.#beatOn(everyMs);
    });
  }

  async #answer(id: string, round: number, work: () => Promise<Json>): Promise<void> {
    this.#giveCredit();
    let frame: RunnerFrame;
    try {
      frame = { type: "resp", id, ok: true, data: await work() };
    } catch (error) {
      const message = cut(messageOf(error));
      frame = { type: "resp", id, ok: false, error: { code: codeOf(error), message } };
    }
    // An answer belongs to the connection on which it was asked.
    if (round === this.#round) this.#send(frame);
  }

  #giveCredit(): void {
    this.#taken += 1;
    if (this.#taken * 2 < RUNNER_CREDIT_FRAMES) return;
    this.#send({ type: "credit", frames: this.#taken });
    this.#taken = 0;
  }

  #send(frame: RunnerFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string {
  const code: unknown = Object(error)["code"];
  return typeof code === "string" && /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(code) ? code : "failed";
}

function cut(message: string): string {
  return message.length <= 1_024 ? message : `${message.slice(0, 1_023)}…`;
}
