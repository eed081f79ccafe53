import type { BeatFeed } from "../beat-feed.ts";

/** A feed that tests speak into. */
export class FakeBeatFeed implements BeatFeed {
  readonly address = "fake";
  isDown = false;
  #listener: ((bytes: Uint8Array) => void) | undefined;
  #onClosed: (() => void) | undefined;

  async open(onFrame: (bytes: Uint8Array) => void, onClosed: () => void): Promise<void> {
    if (this.isDown) throw new Error("nobody is there");
    this.#listener = onFrame;
    this.#onClosed = onClosed;
  }

  /** Somebody else ends the connection. */
  cut(): void {
    this.#listener = undefined;
    this.#onClosed?.();
    this.#onClosed = undefined;
  }

  async close(): Promise<void> {
    this.#listener = undefined;
    this.#onClosed = undefined;
  }

  async publish(bytes: Uint8Array): Promise<void> {
    this.#listener?.(bytes);
  }
}
