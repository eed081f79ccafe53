/** The port to BACKBEAT: frames as they come, unread. */
export interface BeatFeed {
  /**
   * Resolves when frames are listened for; `onFrame` gets the bytes of each, in the order of their coming. Rejects where it cannot connect.
   * `onClosed` is told once where somebody else ended the connection for good, as the end of the licence does; it may be opened again then.
   */
  open(onFrame: (bytes: Uint8Array) => void, onClosed: () => void): Promise<void>;
  /** Resolves when nothing is connected any more; may be called at any time, and twice. */
  close(): Promise<void>;
  /** In words, for people: `nats://host:4222 backbeat.c1.beat`. */
  readonly address: string;
}
