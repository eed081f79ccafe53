import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { connectNats, type NatsAddress } from "./connect-nats.ts";

export interface NatsSubjectOptions extends NatsAddress {
  readonly subject: string;
}

/** One subject of NATS that is heard: the connection, its end, and who is told of it. Owns at most one connection. */
export class NatsSubject {
  readonly address: string;
  readonly #options: NatsSubjectOptions;
  #connection: NatsConnection | undefined;
  #release: (() => void) | undefined;

  constructor(options: NatsSubjectOptions) {
    this.#options = options;
    this.address = `${options.url} ${options.subject}`;
  }

  /** Resolves when it is heard; `onClosed` is told of an end that nobody here asked for. */
  async open(onMessage: (message: Msg) => void, onClosed: () => void): Promise<void> {
    const { connection, release } = await connectNats(this.#options);
    this.#connection = connection;
    this.#release = release;
    connection.subscribe(this.#options.subject, {
      callback: (error, message) => {
        if (error === null || error === undefined) onMessage(message);
      },
    });
    await connection.flush();
    void connection.closed().then(() => {
      if (this.#connection !== connection) return;
      this.forget();
      onClosed();
    });
  }

  /** Gives the connection up, for its owner to end; undefined where there is none. */
  forget(): NatsConnection | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#release?.();
    this.#release = undefined;
    return connection;
  }
}
