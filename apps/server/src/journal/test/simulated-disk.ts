import type { Disk, OpenHow } from "../disk.ts";

const SECTOR_BYTES = 512;

interface PendingWrite {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A file's contents: what is on the platter, and what only the system's memory has. */
class Inode {
  durable = new Uint8Array(0);
  cached = new Uint8Array(0);
  pending: PendingWrite[] = [];
}

/** Draws 0 … `bound` − 1. */
export type Draw = (bound: number) => number;

export function fault(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

/** A small generator with its whole state in one number, so that a failing case can be run again. */
export function drawFrom(seed: number): Draw {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * bound);
  };
}

/**
 * A disk that forgets. What was written and not synced is there or not after a loss of power, sector by sector, in any
 * combination; so is each name that was given or taken and whose folder was not synced. After a sync that failed the system
 * calls the pages clean: it shows them, and never writes them. One process at a time; all paths lie below `/`.
 */
export class SimulatedDisk implements Disk {
  /** Bytes that new or longer files may still take. */
  roomBytes = Number.POSITIVE_INFINITY;
  readonly #folders = new Set(["/"]);
  readonly #names = new Map<string, Inode>();
  readonly #durableNames = new Map<string, Inode>();
  readonly #open = new Map<number, Inode>();
  #nextFile = 3;

  /** What the disk holds after the power was lost, and came back. Files that were open are closed. */
  losePower(draw: Draw): void {
    for (const inode of new Set([...this.#names.values(), ...this.#durableNames.values()]))
      settle(inode, draw);
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()]))
      if (this.#names.get(path) !== this.#durableNames.get(path))
        this.#keepOneName(path, draw(2) === 0 ? this.#names : this.#durableNames);
    this.#open.clear();
  }

  /** The process is gone; the system and its memory are not. */
  killProcess(): void {
    this.#open.clear();
  }

  /** A sync that fails: see above. */
  failSync(file: number): void {
    this.#inode(file).pending = [];
  }

  open(path: string, how: OpenHow): number {
    const there = this.#names.get(path);
    if (how === "create" && there !== undefined) throw fault("EEXIST");
    if (how !== "create" && there === undefined) throw fault("ENOENT");
    const inode = there ?? new Inode();
    if (there === undefined) this.#names.set(path, inode);
    const file = this.#nextFile;
    this.#nextFile += 1;
    this.#open.set(file, inode);
    return file;
  }

  close(file: number): void {
    this.#inode(file);
    this.#open.delete(file);
  }

  size(file: number): number {
    return this.#inode(file).cached.length;
  }

  links(file: number): number {
    const inode = this.#inode(file);
    return [...this.#names.values()].filter((one) => one === inode).length;
  }

  read(file: number, into: Uint8Array, offset: number): number {
    const part = this.#inode(file).cached.subarray(offset, offset + into.length);
    into.set(part);
    return part.length;
  }

  write(file: number, bytes: Uint8Array, offset: number): number {
    const inode = this.#inode(file);
    const growth = Math.max(0, offset + bytes.length - inode.cached.length);
    const count = bytes.length - Math.max(0, growth - this.roomBytes);
    if (count <= 0) throw fault("ENOSPC");
    this.roomBytes -= Math.min(growth, this.roomBytes);
    const written = bytes.slice(0, count);
    inode.pending.push({ offset, bytes: written });
    inode.cached = overlaid(inode.cached, { offset, bytes: written });
    return count;
  }

  sync(file: number): void {
    const inode = this.#inode(file);
    for (const write of inode.pending) inode.durable = overlaid(inode.durable, write);
    inode.pending = [];
  }

  async flush(file: number): Promise<void> {
    this.sync(file);
  }

  rename(from: string, to: string): void {
    const inode = this.#names.get(from);
    if (inode === undefined) throw fault("ENOENT");
    this.#names.delete(from);
    this.#names.set(to, inode);
  }

  link(from: string, to: string): void {
    const inode = this.#names.get(from);
    if (inode === undefined) throw fault("ENOENT");
    if (this.#names.has(to)) throw fault("EEXIST");
    this.#names.set(to, inode);
  }

  remove(path: string): void {
    const inode = this.#names.get(path);
    if (inode === undefined) throw fault("ENOENT");
    this.#names.delete(path);
    if (![...this.#names.values()].includes(inode)) this.roomBytes += inode.cached.length;
  }

  list(folder: string): readonly string[] {
    if (!this.#folders.has(folder)) throw fault("ENOENT");
    return [...this.#names.keys()].filter((path) => parentOf(path) === folder).map(nameOf);
  }

  makeFolder(path: string): void {
    if (!this.#folders.has(parentOf(path))) throw fault("ENOENT");
    this.#folders.add(path);
  }

  syncFolder(folder: string): void {
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()]))
      if (parentOf(path) === folder) this.#keepOneName(path, this.#names, this.#durableNames);
  }

  /** Contents as the system shows them. */
  contents(path: string): Uint8Array | undefined {
    return this.#names.get(path)?.cached;
  }

  #keepOneName(path: string, from: Map<string, Inode>, ...to: readonly Map<string, Inode>[]): void {
    const inode = from.get(path);
    for (const names of to.length === 0 ? [this.#names, this.#durableNames] : to) {
      if (inode === undefined) names.delete(path);
      else names.set(path, inode);
    }
  }

  #inode(file: number): Inode {
    const inode = this.#open.get(file);
    if (inode === undefined) throw fault("EBADF");
    return inode;
  }
}

/** Each sector of each write that was not synced reaches the platter, or does not. */
function settle(inode: Inode, draw: Draw): void {
  for (const { offset, bytes } of inode.pending) {
    for (let at = 0; at < bytes.length;) {
      const next = Math.min(bytes.length, at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES));
      if (draw(2) === 0)
        inode.durable = overlaid(inode.durable, {
          offset: offset + at,
          bytes: bytes.subarray(at, next),
        });
      at = next;
    }
  }
  inode.pending = [];
  inode.cached = inode.durable.slice();
}

function overlaid(under: Uint8Array<ArrayBuffer>, over: PendingWrite): Uint8Array<ArrayBuffer> {
  const end = over.offset + over.bytes.length;
  const whole = end <= under.length ? under : new Uint8Array(end);
  if (whole !== under) whole.set(under);
  whole.set(over.bytes, over.offset);
  return whole;
}

function parentOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at <= 0 ? "/" : path.slice(0, at);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
