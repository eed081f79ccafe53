import type { Msg } from "@nats-io/transport-node";
import { refusalProblem } from "../../http/refusal-problem.ts";
import type { NatsAddress } from "../connect-nats.ts";
import { NatsSubject } from "../nats-subject.ts";
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
  readonly #subject: NatsSubject;
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: NatsChannelOptions) {
    this.#options = options;
    this.#subject = new NatsSubject(options);
    this.address = this.#subject.address;
  }

  open(take: TakeProposal, onClosed: () => void): Promise<void> {
    return this.#subject.open((message) => this.#hear(message, take), onClosed);
  }

  async close(): Promise<void> {
    const connection = this.#subject.forget();
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
