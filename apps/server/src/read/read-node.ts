import type { Clock, Crypto, Engine, JournalReader, Kernel } from "@swoosh/kernel";
import type { Reading } from "./reading.ts";

/** The half of an engine that reads: a running engine has it, and so has a state that nobody writes to from here. */
export type ReadEngine = Pick<
  Engine,
  "state" | "head" | "instances" | "charts" | "records" | "checkpoint" | "status"
>;

/** What reading needs of a node: of one that runs, of a folder that is only read, or of a follower. */
export interface ReadNode {
  readonly kernel: Kernel;
  readonly engine: ReadEngine;
  /** For states of the past. */
  readonly journal: JournalReader;
  readonly clock: Pick<Clock, "now">;
  /** Checks answers to challenges. */
  readonly crypto: Pick<Crypto, "verify">;
  readonly blobs: {
    /** Bytes of evidence by their hash. */
    read(hash: string): Uint8Array | undefined;
  };
  readonly origin: string;
  /** Records from here on; gives what ends it. */
  onRecord(listener: () => void): () => void;
  readonly role: NodeRole;
}

/** How what a node says stands to the log that is written. */
export interface NodeRole {
  /** Address of the server that takes proposals; null: this node does. */
  readonly leader: string | null;
  /** C2SP verifier key of the log's checkpoints. */
  readonly verifierKey: string;
  /** The signed head of the log, as a C2SP note. */
  checkpoint(): Reading<string>;
  /** Whole seconds since what is read here was known to be all that there is; 0 where it always is. */
  ageS(): number;
}
