import type { Answer, Crypto, Journal, JsonObject, Kernel, Transport } from "@swoosh/kernel";
import type { FollowerMachine, FollowRefused, LogFeed } from "@swoosh/server/follower";
import type { Disk } from "@swoosh/server/journal-testing";

/** Ways in which a bug may be planted: before each port, around the kernel, between engine and clients. Never in their code. */
export interface Planting {
  readonly kernel?: (kernel: Kernel) => Kernel;
  readonly disk?: (disk: Disk) => Disk;
  /** It begins a log wherever it finds none. */
  readonly beginsAnew?: boolean;
  readonly journal?: (journal: Journal) => Journal;
  readonly crypto?: (crypto: Crypto) => Crypto;
  readonly transport?: (transport: Transport) => Transport;
  /** What a client is told instead; `size`: records that are durable. */
  readonly answer?: (answer: Answer, size: number) => Answer;
  /** Head that a client reads instead. */
  readonly read?: (
    head: ReadHead | undefined,
    former: ReadHead | undefined,
  ) => ReadHead | undefined;
  readonly checkpoint?: (checkpoint: Checkpoint) => Checkpoint;
  /** Entry of a stream that a client gets; undefined: it gets none. */
  readonly stream?: (entry: StreamedRecord) => StreamedRecord | undefined;
  /** The decision record that a reader gets. */
  readonly decision?: (decision: JsonObject) => JsonObject;
  readonly follower?: FollowerPlanting;
}

/** Ways in which a bug may be planted in those who follow. */
export interface FollowerPlanting {
  readonly disk?: (disk: Disk) => Disk;
  readonly machine?: (machine: FollowerMachine) => FollowerMachine;
  readonly feed?: (feed: LogFeed) => LogFeed;
  /** False: what is refused is waited for, as if the server could not be reached. */
  readonly refuses?: (refused: FollowRefused) => boolean;
  /** Hash that a reader is told instead. */
  readonly read?: (instance: string, hash: string | undefined) => string | undefined;
}

export interface ReadHead {
  readonly index: number;
  readonly hash: string;
}

export interface Checkpoint {
  readonly size: number;
  readonly root: string;
}

export interface StreamedRecord {
  readonly index: number;
  readonly text: string;
}
