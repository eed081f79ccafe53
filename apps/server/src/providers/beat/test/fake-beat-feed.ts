import type { BeatFeed } from "../beat-feed.ts";

/** A feed that tests speak into. */
export class FakeBeatFeed implements BeatFeed {
  readonly address = "fake";
  isDown = false;
  #listener: ((bytes: Uint8Array) => void) | undefined;

  async open(onFrame: (bytes: Uint8Array) => void): Promise<void> {
    if (this.isDown) throw new Error("nobody is there");
    this.#listener = onFrame;
  }

  async close(): Promise<void> {
    this.#listener = undefined;
  }

  async publish(bytes: Uint8Array): Promise<void> {
    this.#listener?.(bytes);
  }
}
