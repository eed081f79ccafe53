import type { NatsConnection } from "@nats-io/transport-node";
import { connectNats, type NatsAddress } from "../connect-nats.ts";
import type { BeatFeed } from "./beat-feed.ts";

export interface NatsFeedOptions extends NatsAddress {
  /** Where the frames of the cluster are published; public material names none, so it is a setting. */
  readonly subject: string;
}

/** Frames of BACKBEAT from a subject of NATS. */
export class NatsBeatFeed implements BeatFeed {
  readonly address: string;
  readonly #options: NatsFeedOptions;
  #connection: NatsConnection | undefined;
  #release: (() => void) | undefined;

  constructor(options: NatsFeedOptions) {
    this.#options = options;
    this.address = `${options.url} ${options.subject}`;
  }

  async open(onFrame: (bytes: Uint8Array) => void, onClosed: () => void): Promise<void> {
    const { connection, release } = await connectNats(this.#options);
    this.#connection = connection;
    this.#release = release;
    connection.subscribe(this.#options.subject, {
      callback: (error, message) => {
        if (error === null || error === undefined) onFrame(message.data);
      },
    });
    await connection.flush();
    void connection.closed().then(() => {
      if (this.#connection !== connection) return;
      this.#forget();
      onClosed();
    });
  }

  #forget(): void {
    this.#connection = undefined;
    this.#release?.();
    this.#release = undefined;
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#forget();
    await connection?.close();
  }
}
