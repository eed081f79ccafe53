/** `read`: must be there. `update`: must be there, for reading and writing. `create`: must not be there. */
export type OpenHow = "read" | "update" | "create";

/**
 * All that the journal asks of a file system, so that a test can make every single call fail. Calls block; the one
 * that does not is for files that nobody waits for. A call that fails throws an error with the system's `code`
 * (`ENOSPC`, `EIO`, `ENOENT`, …). Paths are absolute.
 */
export interface Disk {
  open(path: string, how: OpenHow): number;
  close(file: number): void;
  /** Bytes. */
  size(file: number): number;
  /** Names that an open file still has: 0 once it was removed. */
  links(file: number): number;
  /** Bytes read; fewer than asked for at the end of the file, and maybe elsewhere. */
  read(file: number, into: Uint8Array, offset: number): number;
  /** Bytes written; may be fewer than given. */
  write(file: number, bytes: Uint8Array, offset: number): number;
  /** Returns when what was written before would survive a loss of power: contents, and the length where it grew. */
  sync(file: number): void;
  /** As `sync`, but the caller's thread goes on meanwhile. */
  flush(file: number): Promise<void>;
  /** Replaces what is there. Durable after `syncFolder`, as are `link` and `remove`. */
  rename(from: string, to: string): void;
  /** Another name for a file; fails with `EEXIST` where the name is taken, so one of several callers wins. */
  link(from: string, to: string): void;
  remove(path: string): void;
  /** Names in a folder, in no order. */
  list(folder: string): readonly string[];
  /** Fine if it is there. Its parent must be. */
  makeFolder(path: string): void;
  syncFolder(path: string): void;
}
