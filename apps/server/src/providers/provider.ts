/**
 * Watches one thing of the world and proposes what it sees as transitions of a fact, under its own identity. It decides nothing, and it
 * keeps nothing that matters: after a restart it looks again.
 */
export interface Provider {
  /** For logs and metrics: `kaching`, `backbeat`. */
  readonly name: string;
  /** Resolves when it watches; what it then sees, it proposes. Rejects where its settings cannot work. */
  start(): Promise<void>;
  /** Resolves when nothing of it runs, waits or is connected any more. */
  stop(): Promise<void>;
}

/** Something that a person should see: what happened, and what to do. Never a secret. */
export type Notify = (level: "info" | "warn" | "error", message: string) => void;
