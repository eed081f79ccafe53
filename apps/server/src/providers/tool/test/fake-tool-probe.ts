import type { ToolProbe, ToolSeen } from "../tool-probe.ts";

/** A server of tools that tests move. */
export class FakeToolProbe implements ToolProbe {
  readonly endpoint = "fake:tool";
  seen: ToolSeen;
  looks = 0;
  isClosed = false;
  #onGone: (() => void) | undefined;

  constructor(seen: ToolSeen) {
    this.seen = seen;
  }

  async look(onGone: () => void): Promise<ToolSeen> {
    this.looks += 1;
    if (this.seen.kind === "up") this.#onGone = onGone;
    return this.seen;
  }

  /** It goes away by itself. */
  go(): void {
    this.seen = { kind: "down", reason: "gone" };
    this.#onGone?.();
    this.#onGone = undefined;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
