import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { ClassicLevel } from "classic-level";
import { JournalError } from "@swoosh/kernel";
import { codeOf } from "./disk-error.ts";

export type LevelWrite =
  | { readonly type: "put"; readonly key: string; readonly value: Buffer }
  | { readonly type: "del"; readonly key: string };

export interface LevelRange {
  readonly gte: string;
  readonly lt: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** All that the journal asks of LevelDB, so that a test can make a write fail. Keys are in the order of their bytes. */
export interface LevelStore {
  getSync(key: string): Buffer | undefined;
  keys(range: LevelRange): Promise<readonly string[]>;
  entries(range: LevelRange): Promise<readonly (readonly [key: string, value: Buffer])[]>;
  /** All or nothing; resolves when it would survive a loss of power. */
  batch(writes: readonly LevelWrite[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * LevelDB does not sync the first of its manifests (google/leveldb#189): after a loss of power in the first moments of a folder
 * the one that is named may be empty, and LevelDB refuses the folder. Where neither a table nor a log holds anything, nothing was
 * ever written, and it begins again.
 */
async function openOrBegin(db: ClassicLevel<string, Buffer>, folder: string): Promise<void> {
  try {
    await db.open();
  } catch (error) {
    const isCorrupt = error instanceof Error && codeOf(error.cause) === "LEVEL_CORRUPTION";
    if (!isCorrupt || !holdsNothing(folder)) throw error;
    for (const name of readdirSync(folder)) rmSync(join(folder, name));
    await db.open();
  }
}

function holdsNothing(folder: string): boolean {
  const isEmpty = (name: string): boolean => statSync(join(folder, name)).size === 0;
  const names = readdirSync(folder);
  if (!names.includes("CURRENT")) return false;
  const manifest = readFileSync(join(folder, "CURRENT"), "latin1").trimEnd();
  return (
    names.includes(manifest) &&
    isEmpty(manifest) &&
    names.filter((name) => /\.(?:log|ldb|sst)$/u.test(name)).every(isEmpty)
  );
}

/** Opens a LevelDB, which one process can have at a time. Rejects with a `JournalError`. */
export async function openLevelStore(folder: string): Promise<LevelStore> {
  const db = new ClassicLevel<string, Buffer>(folder, {
    keyEncoding: "utf8",
    valueEncoding: "buffer",
  });
  try {
    await openOrBegin(db, folder);
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    const isLocked = codeOf(cause) === "LEVEL_LOCKED";
    throw new JournalError(
      codeOf(cause) === "LEVEL_CORRUPTION" ? "corrupt" : "failed",
      isLocked
        ? `another process has the journal in ${folder}; stop it first`
        : `LevelDB cannot open ${folder}: ${cause instanceof Error ? cause.message : String(error)}`,
      { cause: error },
    );
  }
  return {
    getSync: (key) => db.getSync(key),
    keys: (range) => db.keys(range).all(),
    entries: (range) => db.iterator(range).all(),
    batch: (writes) => db.batch([...writes], { sync: true }),
    close: () => db.close(),
  };
}
