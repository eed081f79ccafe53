import type { Disk, OpenHow } from "../disk.ts";
import { withoutStack } from "./without-stack.ts";

const NOTHING = new Uint8Array(0);
const SLASH = 0x2f;
const SECTOR_BYTES = 512;
/** Files grow in steps of this, so that appending copies little. */
const GROWTH_BYTES = 4_096;

interface PendingWrite {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What a sync makes of a write: on the platter, or (power lost) sector by sector, or up to some byte. */
class Inode {
  durable = new Bytes();
  cached = new Bytes();
  pending: PendingWrite[] = [];

  copy(): Inode {
    const other = new Inode();
    other.durable = this.durable.copy();
    other.cached = this.cached.copy();
    other.pending = [...this.pending];
    return other;
  }
}

/** Bytes that may grow. A copy shares them until one of both is written to. */
class Bytes {
  length = 0;
  #bytes = NOTHING;
  #isShared = false;

  get view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  put({ offset, bytes }: PendingWrite): void {
    const end = offset + bytes.length;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.ceil(end / GROWTH_BYTES) * GROWTH_BYTES);
      grown.set(this.view);
      this.#bytes = grown;
      this.#isShared = false;
    } else if (this.#isShared) {
      this.#bytes = this.#bytes.slice();
      this.#isShared = false;
    }
    this.#bytes.set(bytes, offset);
    this.length = Math.max(this.length, end);
  }

  copy(): Bytes {
    const other = new Bytes();
    other.#bytes = this.#bytes;
    other.length = this.length;
    other.#isShared = true;
    this.#isShared = true;
    return other;
  }
}

/** Draws 0 … `bound` − 1. */
export type Draw = (bound: number) => number;

/** Of what was not synced nothing reaches the platter. */
export const NOTHING_LASTS: Draw = (bound) => bound - 1;

/** A small generator with its whole state in one number, so that a failing case can be run again. */
export function drawFrom(seed: number): Draw {
  let state = (seed * 2_654_435_761 + 1) >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * bound);
  };
}

function isHeads(draw: Draw): boolean {
  return draw(100) < 50;
}

export function fault(code: string): Error {
  return Object.assign(withoutStack(`${code}: simulated`), { code });
}

/** A file as it was before it was damaged; undefined: there was none. */
export interface FormerFile {
  readonly path: string;
  readonly bytes: Uint8Array | undefined;
}

/**
 * A disk that forgets. What was written and not synced is there or not after a loss of power, sector by sector or up to
 * some byte; so is each name that was given or taken and whose folder was not synced. After a sync that failed the system
 * calls the pages clean: it shows them, and never writes them. All paths lie below `/`.
 */
export class SimulatedDisk implements Disk {
  /** Bytes that new or longer files may still take. */
  roomBytes = Number.POSITIVE_INFINITY;
  #folders = new Set(["/"]);
  #names = new Map<string, Inode>();
  #durableNames = new Map<string, Inode>();
  readonly #open = new Map<number, Inode>();
  #nextFile = 3;

  /** Another disk with the same contents; nothing is open on it. */
  copy(): SimulatedDisk {
    const other = new SimulatedDisk();
    const twins = new Map<Inode, Inode>();
    const twin = (inode: Inode): Inode => {
      const known = twins.get(inode) ?? inode.copy();
      twins.set(inode, known);
      return known;
    };
    other.#folders = new Set(this.#folders);
    other.#names = new Map([...this.#names].map(([path, inode]) => [path, twin(inode)]));
    other.#durableNames = new Map(
      [...this.#durableNames].map(([path, inode]) => [path, twin(inode)]),
    );
    other.roomBytes = this.roomBytes;
    return other;
  }

  /** What the disk holds after the power was lost, and came back. */
  losePower(draw: Draw): void {
    for (const inode of new Set([...this.#names.values(), ...this.#durableNames.values()]))
      forget(inode, draw);
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      if (this.#names.get(path) === this.#durableNames.get(path)) continue;
      const kept = isHeads(draw) ? this.#names : this.#durableNames;
      nameIn(this.#names, path, kept.get(path));
      nameIn(this.#durableNames, path, kept.get(path));
    }
    this.#open.clear();
  }

  /** The process is gone; the system and its memory are not. */
  killProcess(): void {
    this.#open.clear();
  }

  /** A sync that fails: the pages count as clean, and never reach the platter. */
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
    let count = 0;
    for (const one of this.#names.values()) if (one === inode) count += 1;
    return count;
  }

  read(file: number, into: Uint8Array, offset: number): number {
    const part = this.#inode(file).cached.view.subarray(offset, offset + into.length);
    into.set(part);
    return part.length;
  }

  write(file: number, bytes: Uint8Array, offset: number): number {
    const inode = this.#inode(file);
    const growth = Math.max(0, offset + bytes.length - inode.cached.length);
    const count = bytes.length - Math.max(0, growth - this.roomBytes);
    if (count <= 0) throw fault("ENOSPC");
    this.roomBytes -= Math.min(growth, this.roomBytes);
    const write = { offset, bytes: bytes.slice(0, count) };
    inode.pending.push(write);
    inode.cached.put(write);
    return count;
  }

  sync(file: number): void {
    const inode = this.#inode(file);
    for (const write of inode.pending) inode.durable.put(write);
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
    if (!this.#hasName(inode)) this.roomBytes += inode.cached.length;
  }

  list(folder: string): readonly string[] {
    if (!this.#folders.has(folder)) throw fault("ENOENT");
    return this.paths(folder).map((path) => path.slice(path.lastIndexOf("/") + 1));
  }

  makeFolder(path: string): void {
    if (!this.#folders.has(parentOf(path))) throw fault("ENOENT");
    this.#folders.add(path);
  }

  syncFolder(folder: string): void {
    for (const path of this.#names.keys())
      if (isIn(folder, path)) nameIn(this.#durableNames, path, this.#names.get(path));
    for (const path of this.#durableNames.keys())
      if (isIn(folder, path) && !this.#names.has(path)) this.#durableNames.delete(path);
  }

  /** Paths of the files in a folder, in the order of their names. */
  paths(folder: string): readonly string[] {
    const found: string[] = [];
    for (const path of this.#names.keys()) if (isIn(folder, path)) found.push(path);
    return found.sort((one, other) => (one < other ? -1 : 1));
  }

  /** Bytes as the system shows them. */
  contents(path: string): Uint8Array | undefined {
    return this.#names.get(path)?.cached.view.slice();
  }

  /** Bytes that a power loss would keep. */
  durableContents(path: string): Uint8Array | undefined {
    return this.#names.get(path)?.durable.view.slice();
  }

  /** Puts other bytes into a file, durably, behind everybody's back; gives what was there. */
  replace(path: string, bytes: Uint8Array | undefined): FormerFile {
    const former = { path, bytes: this.durableContents(path) };
    if (bytes === undefined) {
      this.#names.delete(path);
      this.#durableNames.delete(path);
      return former;
    }
    const inode = new Inode();
    inode.durable.put({ offset: 0, bytes });
    inode.cached.put({ offset: 0, bytes });
    this.#names.set(path, inode);
    this.#durableNames.set(path, inode);
    return former;
  }

  #hasName(inode: Inode): boolean {
    for (const one of this.#names.values()) if (one === inode) return true;
    return false;
  }

  #inode(file: number): Inode {
    const inode = this.#open.get(file);
    if (inode === undefined) throw fault("EBADF");
    return inode;
  }
}

/** What was not synced reaches the platter or not: any sectors of it, or the bytes up to some place. */
function forget(inode: Inode, draw: Draw): void {
  if (inode.pending.length === 0) return;
  const isCut = isHeads(draw);
  for (const { offset, bytes } of inode.pending) {
    if (isCut) {
      inode.durable.put({ offset, bytes: bytes.subarray(0, draw(bytes.length + 1)) });
      break;
    }
    for (let at = 0; at < bytes.length;) {
      const next = Math.min(bytes.length, at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES));
      if (isHeads(draw))
        inode.durable.put({ offset: offset + at, bytes: bytes.subarray(at, next) });
      at = next;
    }
  }
  inode.pending = [];
  inode.cached = inode.durable.copy();
}

function nameIn(names: Map<string, Inode>, path: string, inode: Inode | undefined): void {
  if (inode === undefined) names.delete(path);
  else names.set(path, inode);
}

function parentOf(path: string): string {
  const at = path.lastIndexOf("/");
  return at <= 0 ? "/" : path.slice(0, at);
}

/** Right below it, not further down. */
function isIn(folder: string, path: string): boolean {
  const length = folder === "/" ? 0 : folder.length;
  return (
    path.charCodeAt(length) === SLASH &&
    path.startsWith(folder) &&
    path.indexOf("/", length + 1) === -1
  );
}
