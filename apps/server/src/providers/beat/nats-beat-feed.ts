import type { NatsAddress } from "../connect-nats.ts";
import { NatsSubject } from "../nats-subject.ts";
import type { BeatFeed } from "./beat-feed.ts";

export interface NatsFeedOptions extends NatsAddress {
  /** Where the frames of the cluster are published; public material names none, so it is a setting. */
  readonly subject: string;
}

/** Frames of BACKBEAT from a subject of NATS. */
export class NatsBeatFeed implements BeatFeed {
  readonly address: string;
  readonly #subject: NatsSubject;

  constructor(options: NatsFeedOptions) {
    this.#subject = new NatsSubject(options);
    this.address = this.#subject.address;
  }

  open(onFrame: (bytes: Uint8Array) => void, onClosed: () => void): Promise<void> {
    return this.#subject.open(({ data }) => onFrame(data), onClosed);
  }

  async close(): Promise<void> {
    await this.#subject.forget()?.close();
  }
}
