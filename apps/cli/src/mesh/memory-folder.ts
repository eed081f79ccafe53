import { MeshError, type LongTermStore, type MemoryState } from "@swoosh/mesh";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { WorldError } from "../world-error.ts";

/** A folder of memories: tier 3 as files named by their hash, and where tier 2 has them in its cells. */
export interface MemoryFolder {
  readonly path: string;
  readonly store: LongTermStore;
  readState(): MemoryState | undefined;
  writeState(state: MemoryState): void;
  /** Lets another process write. */
  close(): void;
}

const HASH = /^sha256-[0-9a-f]{64}$/;

/**
 * Opens `DATA/mesh`. A file is written beside its place, synced, and renamed over it; then its folder is synced: after
 * a crash it is there whole or not at all. One process at a time writes; the lock of a process that is gone is taken.
 */
export function openMemoryFolder(data: string): MemoryFolder {
  const path = join(data, "mesh");
  const objects = join(path, "objects");
  return guarded(path, () => {
    mkdirSync(objects, { recursive: true });
    const release = takeLock(join(path, "lock"));
    return {
      path,
      store: createStore(objects),
      readState: () => readState(path),
      writeState: (state) =>
        guarded(path, () => writeWhole(join(path, "cells.json"), `${JSON.stringify(state)}\n`)),
      close: release,
    };
  });
}

function createStore(objects: string): LongTermStore {
  const fileOf = (hash: string): string => join(objects, hash.slice(7, 9), `${hash}.json`);
  return {
    put: (hash, text) =>
      guarded(objects, () => {
        const file = fileOf(hash);
        if (existsSync(file) && readFileSync(file, "utf8") === text) return;
        mkdirSync(dirname(file), { recursive: true });
        writeWhole(file, text);
        syncFolder(objects);
      }),
    get: (hash) =>
      guarded(objects, () =>
        existsSync(fileOf(hash)) ? readFileSync(fileOf(hash), "utf8") : undefined,
      ),
    list: () =>
      guarded(objects, () =>
        readdirSync(objects)
          .toSorted(byUnits)
          .flatMap((shelf) => readdirSync(join(objects, shelf)))
          .filter((name) => name.endsWith(".json"))
          .map((name) => name.slice(0, -".json".length))
          .filter((hash) => HASH.test(hash))
          .toSorted(byUnits),
      ),
  };
}

function byUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function writeWhole(file: string, text: string): void {
  const fresh = `${file}.${process.pid}.new`;
  const descriptor = openSync(fresh, "w", 0o600);
  try {
    const bytes = Buffer.from(text, "utf8");
    for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(fresh, file);
  syncFolder(dirname(file));
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The state only says where memories rest: a damaged one costs no memory, so it is named and begun anew. */
function readState(path: string): MemoryState | undefined {
  const file = join(path, "cells.json");
  if (!existsSync(file)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new MeshError(
      "memory_corrupt",
      `${file} is not JSON; take it away: the memories are in ${join(path, "objects")}, and settle again when they are recalled`,
      cause,
    );
  }
  if (!isState(value))
    throw new MeshError(
      "memory_corrupt",
      `${file} is not the state of a memory mesh; take it away: no memory is lost by it`,
    );
  return value;
}

function isState(value: unknown): value is MemoryState {
  if (typeof value !== "object" || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const numbers = ["side", "seed", "tick"].every((name) => Number.isSafeInteger(fields.get(name)));
  const [dead, residents] = [fields.get("dead"), fields.get("residents")];
  if (!numbers || !Array.isArray(dead) || !Array.isArray(residents)) return false;
  return (
    dead.every((cell) => Number.isSafeInteger(cell) && Number(cell) >= 0) &&
    residents.every(
      (one) =>
        Array.isArray(one) &&
        one.length === 4 &&
        Number.isSafeInteger(one[0]) &&
        HASH.test(String(one[1])) &&
        Number.isFinite(one[2]) &&
        Number.isFinite(one[3]),
    )
  );
}

function takeLock(file: string): () => void {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const descriptor = openSync(file, "wx", 0o600);
      writeFileSync(descriptor, `${process.pid}\n`);
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      const holder = Number(readFileSync(file, "utf8"));
      if (holder > 0 && isRunning(holder))
        throw new WorldError(`${file} is held by process ${holder}; wait until it has finished`);
      rmSync(file, { force: true });
    }
  }
  throw new WorldError(
    `${file} cannot be taken; another process took it at the same moment: try again`,
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function guarded<Result>(place: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof WorldError || cause instanceof MeshError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WorldError(`${place}: ${reason}; check the folder's rights and room`, { cause });
  }
}
