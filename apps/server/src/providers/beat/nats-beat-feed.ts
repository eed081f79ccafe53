import { connect, type NatsConnection } from "@nats-io/transport-node";
import { hostOf, portOf, type Admission } from "../egress/egress.ts";
import type { BeatFeed } from "./beat-feed.ts";

export interface NatsFeedOptions {
  readonly admit: (url: URL) => Promise<Admission>;
  /** `nats://host:port`, or `tls://…`. */
  readonly url: string;
  /** Where the frames of the cluster are published; public material names none, so it is a setting. */
  readonly subject: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
const RECONNECT_MS = 500;

/** Frames of BACKBEAT from a subject of NATS. Within one admission the client comes back by itself where the server went away. */
export class NatsBeatFeed implements BeatFeed {
  readonly address: string;
  readonly #options: NatsFeedOptions;
  #connection: NatsConnection | undefined;
  #release: (() => void) | undefined;

  constructor(options: NatsFeedOptions) {
    this.#options = options;
    this.address = `${options.url} ${options.subject}`;
  }

  async open(onFrame: (bytes: Uint8Array) => void): Promise<void> {
    const { admit, subject, timeoutMs = TIMEOUT_MS } = this.#options;
    const url = new URL(this.#options.url);
    const { addresses, onStop } = await admit(url);
    const [first = hostOf(url)] = addresses;
    const host = first.includes(":") ? `[${first}]` : first;
    const connection = await connect({
      servers: `${host}:${portOf(url)}`,
      timeout: timeoutMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_MS,
      // Other servers of the cluster that this one names were not admitted.
      ignoreClusterUpdates: true,
      name: "swoosh",
      ...(url.protocol === "tls:" ? { tls: {} } : {}),
    });
    this.#connection = connection;
    this.#release = onStop(() => {
      void connection.close();
    });
    connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null || error === undefined) onFrame(message.data);
      },
    });
    await connection.flush();
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#release?.();
    this.#release = undefined;
    await connection?.close();
  }
}
