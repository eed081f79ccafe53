/** Where a follower has its records from: the server that takes proposals. Whatever rejects is the world's failure, and is tried again. */
export interface LogFeed {
  /** Its address, for whoever must go there. */
  readonly url: string;
  /** The signed head of the log, as a C2SP note. */
  checkpoint(): Promise<string>;
  /** Texts of records from `from` on, at most `limit`; fewer where there are no more. */
  records(from: number, limit: number): Promise<readonly string[]>;
  /** The normal form of a chart by its hash, or undefined where the server does not have it. */
  chart(hash: string): Promise<string | undefined>;
  /** Resolves when record `index` is there, or `signal` says that nobody waits any more. */
  arrived(index: number, signal: AbortSignal): Promise<void>;
}
