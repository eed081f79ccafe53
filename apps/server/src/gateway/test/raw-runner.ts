import { helloPayload, RUNNER_HELLO_TYPE, RUNNER_VERSIONS } from "@swoosh/protocol";
import type { JsonObject } from "@swoosh/kernel";
import type { PrivateKey } from "../../keys/private-key.ts";

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** One socket of a runner that keeps to no protocol but what the test says. */
export class RawRunner {
  readonly frames: JsonObject[] = [];
  readonly closed: Promise<Closed>;
  readonly #given: {
    readonly url: string;
    readonly name: string;
    readonly key: PrivateKey;
    readonly origin: string;
  };
  readonly #socket: WebSocket;
  #wake: () => void = () => {};

  constructor(given: {
    readonly url: string;
    readonly name: string;
    readonly key: PrivateKey;
    readonly origin: string;
  }) {
    this.#given = given;
    this.#socket = new WebSocket(given.url);
    this.#socket.addEventListener("message", ({ data }) => {
      this.frames.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.#socket.addEventListener("close", ({ code, reason }) => resolve({ code, reason }));
    });
  }

  /** The first frame of this type, as soon as it is there. */
  async frame(type: string): Promise<JsonObject> {
    for (;;) {
      const found = this.frames.find((frame) => frame["type"] === type);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** A hello that deserves no refusal but for what `change` makes of it. */
  async hello(change: JsonObject = {}): Promise<JsonObject> {
    const { key, name, origin } = this.#given;
    const { challenge } = await this.frame("challenge");
    const signed = { challenge: String(challenge), origin, runner: name, signer: key.identity };
    return {
      type: "hello",
      agents: [{ capabilities: ["any"], id: name, leases: [], pool: "main" }],
      protocol: { ...RUNNER_VERSIONS },
      runner: name,
      signature: key.sign(RUNNER_HELLO_TYPE, helloPayload(signed)),
      signer: key.identity,
      ...change,
    };
  }

  say(...frames: readonly JsonObject[]): void {
    for (const frame of frames) this.#socket.send(JSON.stringify(frame));
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  close(): void {
    this.#socket.close();
  }

  /** Up to the welcome. */
  async join(): Promise<JsonObject> {
    this.say(await this.hello());
    return this.frame("welcome");
  }
}
