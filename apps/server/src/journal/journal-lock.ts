import { join } from "node:path";
import type { Disk } from "./disk.ts";
import { codeOf, isMissing } from "./disk-error.ts";
import { JournalLocked } from "./journal-locked.ts";
import { LOCK_TRIES_MAX } from "./limits.ts";
import type { ProcessIdentity, Processes } from "./processes.ts";
import { discard, readWhole, removeIfThere, storeFile, TEMP_END, writeAll } from "./whole-file.ts";

const LOCK_NAME = /^lock-([0-9]{16})$/u;

/**
 * The right to write, and its term. L1: the newest lock file's term is the writer's; to become the writer is to make the
 * file of the next term under a name that nobody has, which one of several callers can do. L2: the file stays when its
 * process is gone, so terms grow for ever and a kill leaves nothing to tidy up: a lock whose process is gone is no lock.
 * L3: a successor removes the file, which its former owner sees before and after each write (K8). The same process may
 * open its journal again, and takes over from itself.
 */
export class JournalLock {
  readonly term: number;
  readonly #disk: Disk;
  readonly #path: string;
  #file: number | null;

  constructor(disk: Disk, about: { readonly path: string; readonly term: number }) {
    this.#disk = disk;
    this.#path = about.path;
    this.term = about.term;
    this.#file = disk.open(about.path, "read");
  }

  /** False once somebody else has become the writer. */
  isHeld(): boolean {
    return this.#file !== null && this.#disk.links(this.#file) > 0;
  }

  /** Says that nobody holds it any more, and keeps the term. */
  release(): void {
    if (this.#file === null) return;
    const isHeld = this.isHeld();
    this.#disk.close(this.#file);
    this.#file = null;
    if (isHeld) storeFile(this.#disk, this.#path, encodeHolder(null));
  }
}

/** Becomes the writer under a term above `floor` and all former ones. Throws `JournalLocked` where another process is. */
export function acquireLock(
  disk: Disk,
  about: { readonly folder: string; readonly floor: number; readonly processes: Processes },
): JournalLock {
  const { folder, processes } = about;
  for (let tries = 0; tries < LOCK_TRIES_MAX; tries += 1) {
    const newest = refuseIfHeld(disk, folder, processes);
    const lock = tryToLock(disk, {
      folder,
      term: Math.max(newest, about.floor) + 1,
      own: processes.own,
    });
    if (lock !== undefined) return lock;
  }
  throw new JournalLocked(folder, refuseIfHeld(disk, folder, processes));
}

/** Number of the living process that has the folder, or null. Takes nothing and changes nothing. */
export function findHolder(disk: Disk, folder: string, processes: Processes): number | null {
  const term = termsIn(disk, folder).at(-1) ?? 0;
  const holder = term === 0 ? null : readHolder(disk, pathOf(folder, term));
  return holder !== null && processes.isAlive(holder) ? holder.pid : null;
}

/** The newest term. */
function refuseIfHeld(disk: Disk, folder: string, processes: Processes): number {
  const term = termsIn(disk, folder).at(-1) ?? 0;
  const holder = term === 0 ? null : readHolder(disk, pathOf(folder, term));
  if (holder !== null && !isSame(holder, processes.own) && processes.isAlive(holder))
    throw new JournalLocked(folder, holder.pid);
  return term;
}

function tryToLock(
  disk: Disk,
  about: { readonly folder: string; readonly term: number; readonly own: ProcessIdentity },
): JournalLock | undefined {
  const { folder, term, own } = about;
  const path = pathOf(folder, term);
  const temp = `${path}.${own.pid}${TEMP_END}`;
  removeIfThere(disk, temp);
  const file = disk.open(temp, "create");
  try {
    // Not synced: the name must last, for its term; who holds it matters only as long as the system runs.
    writeAll(disk, file, { bytes: encodeHolder(own), offset: 0 });
  } finally {
    disk.close(file);
  }
  try {
    disk.link(temp, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST" && !isMissing(error)) throw error;
    discard(disk, temp);
    return undefined;
  }
  removeIfThere(disk, temp);
  if (termsIn(disk, folder).at(-1) !== term) {
    // Another one was quicker, with a higher term.
    removeIfThere(disk, path);
    return undefined;
  }
  disk.syncFolder(folder);
  const lock = new JournalLock(disk, { path, term });
  for (const former of termsIn(disk, folder))
    if (former < term) removeIfThere(disk, pathOf(folder, former));
  disk.syncFolder(folder);
  return lock;
}

function pathOf(folder: string, term: number): string {
  return join(folder, `lock-${String(term).padStart(16, "0")}`);
}

/** In ascending order. */
function termsIn(disk: Disk, folder: string): readonly number[] {
  return disk
    .list(folder)
    .flatMap((name) => LOCK_NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((left, right) => left - right);
}

function isSame(left: ProcessIdentity, right: ProcessIdentity): boolean {
  return encodeHolder(left).toString() === encodeHolder(right).toString();
}

function encodeHolder(holder: ProcessIdentity | null): Buffer {
  const { pid, boot, space, start } = holder ?? { pid: 0, boot: "", space: "", start: "" };
  return Buffer.from(`${pid}\n${start}\n${boot}\n${space}\n`);
}

/** Null where it is free, or cannot be read: whole before it has its name, it is lost only with the system that ran its process. */
function readHolder(disk: Disk, path: string): ProcessIdentity | null {
  const lines = Buffer.from(readWhole(disk, path) ?? [])
    .toString("latin1")
    .split("\n");
  const [pid = "", start = "", boot = "", space = ""] = lines;
  return /^[1-9][0-9]*$/u.test(pid) ? { pid: Number(pid), start, boot, space } : null;
}
