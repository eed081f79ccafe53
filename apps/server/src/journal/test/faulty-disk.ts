import type { Disk, OpenHow } from "../disk.ts";
import { fault, SimulatedDisk } from "./simulated-disk.ts";

export type DiskCall = Exclude<keyof Disk, "size" | "links" | "close">;

/**
 * What happens to one call. `crash`: half of a write is done, everything after it fails. `EDQUOT`: nothing is done.
 * Another code: half of a write is done.
 */
export type DiskFault = "crash" | "short" | "ENOSPC" | "EDQUOT" | "EIO";

/** One thing that a program asked of the disk. */
export interface DiskAct {
  readonly call: DiskCall;
  /** Path, or number of an open file. */
  readonly what: string | number;
  /** How many acts came before it. */
  readonly number: number;
}

/** A disk in front of another that does as it is told, but for the acts that `plan` picks. */
export class FaultyDisk implements Disk {
  readonly #inner: Disk;
  /** Everything fails from now on: the process that uses this is dead. */
  isDead = false;
  acts = 0;
  readonly seen: DiskAct[] = [];
  plan: (act: DiskAct) => DiskFault | undefined = () => undefined;

  constructor(inner: Disk) {
    this.#inner = inner;
  }

  open(path: string, how: OpenHow): number {
    this.#meet("open", path);
    return this.#inner.open(path, how);
  }

  close(file: number): void {
    if (this.isDead) throw fault("EBADF");
    this.#inner.close(file);
  }

  size(file: number): number {
    return this.#inner.size(file);
  }

  links(file: number): number {
    if (this.isDead) throw fault("EBADF");
    return this.#inner.links(file);
  }

  read(file: number, into: Uint8Array, offset: number): number {
    const isShort = this.#meet("read", file) === "short" && into.length > 1;
    return this.#inner.read(file, isShort ? into.subarray(0, into.length >> 1) : into, offset);
  }

  write(file: number, bytes: Uint8Array, offset: number): number {
    const half = bytes.subarray(0, bytes.length >> 1);
    const found = this.#meet("write", file, () => {
      if (half.length > 0) this.#inner.write(file, half, offset);
    });
    const isShort = found === "short" && half.length > 0;
    return this.#inner.write(file, isShort ? half : bytes, offset);
  }

  sync(file: number): void {
    this.#meet("sync", file, () => this.#failSync(file));
    this.#inner.sync(file);
  }

  async flush(file: number): Promise<void> {
    this.#meet("flush", file, () => this.#failSync(file));
    await this.#inner.flush(file);
    if (this.isDead) throw fault("EBADF");
  }

  rename(from: string, to: string): void {
    this.#meet("rename", to);
    this.#inner.rename(from, to);
  }

  link(from: string, to: string): void {
    this.#meet("link", to);
    this.#inner.link(from, to);
  }

  remove(path: string): void {
    this.#meet("remove", path);
    this.#inner.remove(path);
  }

  list(folder: string): readonly string[] {
    this.#meet("list", folder);
    return this.#inner.list(folder);
  }

  makeFolder(path: string): void {
    this.#meet("makeFolder", path);
    this.#inner.makeFolder(path);
  }

  syncFolder(path: string): void {
    this.#meet("syncFolder", path);
    this.#inner.syncFolder(path);
  }

  /** Throws where the act fails; `half` is what is done of it nevertheless. */
  #meet(call: DiskCall, what: string | number, half = () => {}): DiskFault | undefined {
    if (this.isDead) throw fault("EBADF");
    const act = { call, what, number: this.acts };
    this.acts += 1;
    this.seen.push(act);
    const planned = this.plan(act);
    if (planned === undefined || planned === "short") return planned;
    if (planned === "crash") this.isDead = true;
    if (planned !== "EDQUOT" && (planned !== "crash" || call === "write")) half();
    throw fault(planned === "crash" ? "EBADF" : planned);
  }

  #failSync(file: number): void {
    if (this.#inner instanceof SimulatedDisk) this.#inner.failSync(file);
  }
}
