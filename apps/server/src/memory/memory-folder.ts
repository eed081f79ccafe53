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
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { threadId } from "node:worker_threads";
import { takeMemoryLock, type LockOptions } from "./memory-lock.ts";
import { MemoryUnavailable } from "./memory-unavailable.ts";

/** A folder of memories: tier 3 as files named by their hash, and where tier 2 has them in its cells. */
export interface MemoryFolder {
  readonly path: string;
  readonly store: LongTermStore;
  /** What `cells.json` says; empty where there is none. */
  readStateText(): string;
  /** Gives what `readStateText` gives from now on. */
  writeState(state: MemoryState): string;
  /** Lets another process write. */
  close(): void;
}

const HASH = /^sha256-[0-9a-f]{64}$/;
const STATE_FILE = "cells.json";

/**
 * Opens a folder of `memoryPath`. A file is written beside its place, synced, and renamed over it; then its folder is
 * synced: after a crash it is there whole or not at all. One process at a time writes (`takeMemoryLock`). Rejects with
 * `MemoryUnavailable`.
 */
export async function openMemoryFolder(path: string, options: LockOptions): Promise<MemoryFolder> {
  const objects = join(path, "objects");
  const file = join(path, STATE_FILE);
  guarded(path, () => makeFolder(objects));
  const release = await takeMemoryLock(join(path, "lock"), options).catch((error: unknown) =>
    guarded(path, () => {
      throw error;
    }),
  );
  return {
    path,
    store: createStore(objects),
    readStateText: () => guarded(path, () => (existsSync(file) ? readFileSync(file, "utf8") : "")),
    writeState: (state) =>
      guarded(path, () => {
        const text = `${JSON.stringify(state)}\n`;
        writeWhole(file, text);
        return text;
      }),
    close: () => guarded(path, release),
  };
}

/** Every folder that is new here is synced into the one above it. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  syncFolder(above);
}

function createStore(objects: string): LongTermStore {
  const fileOf = (hash: string): string => join(objects, hash.slice(7, 9), `${hash}.json`);
  return {
    put: (hash, text) =>
      guarded(objects, () => {
        const file = fileOf(hash);
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        // It may be there since a crash that came before its folder was synced.
        if (existsSync(file) && readFileSync(file, "utf8") === text) syncFolder(dirname(file));
        else writeWhole(file, text);
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
  const fresh = `${file}.${process.pid}.${threadId}.tmp`;
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

/**
 * The state in a text of `readStateText`; undefined where it is empty. It only says where memories rest, so a damaged one
 * costs no memory: it is named, and may go.
 */
export function memoryStateIn(text: string, path: string): MemoryState | undefined {
  if (text === "") return undefined;
  const file = join(path, STATE_FILE);
  let value: unknown;
  try {
    value = JSON.parse(text);
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

function guarded<Result>(place: string, act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof MeshError || cause instanceof MemoryUnavailable) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MemoryUnavailable(`${place}: ${reason}; check the folder's rights and room`, {
      cause,
    });
  }
}
