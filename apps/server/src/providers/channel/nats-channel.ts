import type { Msg, NatsConnection } from "@nats-io/transport-node";
import { refusalProblem } from "../../http/refusal-problem.ts";
import { connectNats, type NatsAddress } from "../connect-nats.ts";
import type { ProposalChannel, TakeProposal } from "./proposal-channel.ts";

export interface NatsChannelOptions extends Omit<NatsAddress, "timeoutMs"> {
  readonly subject: string;
  readonly onDefect: (error: unknown) => void;
}

/** Proposals under way at once; more are answered that it is too many. */
const UNDER_WAY_MAX = 256;
const BUSY_MS = 1_000;

/** Proposals from a subject of NATS: each message is one, its answer goes to where the message wants it. */
export class NatsChannel implements ProposalChannel {
  readonly address: string;
  readonly #options: NatsChannelOptions;
  readonly #underWay = new Set<Promise<void>>();
  #connection: NatsConnection | undefined;
  #release: (() => void) | undefined;

  constructor(options: NatsChannelOptions) {
    this.#options = options;
    this.address = `${options.url} ${options.subject}`;
  }

  async open(take: TakeProposal, onClosed: () => void): Promise<void> {
    const { subject } = this.#options;
    const { connection, release } = await connectNats(this.#options);
    this.#connection = connection;
    this.#release = release;
    connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null || error === undefined) this.#hear(message, take);
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
    await Promise.all(this.#underWay);
    if (connection !== undefined && !connection.isClosed()) await connection.drain();
  }

  #hear(message: Msg, take: TakeProposal): void {
    if (this.#underWay.size >= UNDER_WAY_MAX) {
      const busy = `${UNDER_WAY_MAX} proposals of this channel are under way; send it again`;
      message.respond(JSON.stringify(refusalProblem("overloaded", busy, BUSY_MS)));
      return;
    }
    const answered = take(Buffer.from(message.data).toString("utf8"))
      .then(({ text }) => {
        message.respond(text);
      })
      // Nobody waits any more, or the connection is gone: the sender asks again under the same key.
      .catch((error: unknown) => this.#options.onDefect(error))
      .finally(() => this.#underWay.delete(answered));
    this.#underWay.add(answered);
  }
}
