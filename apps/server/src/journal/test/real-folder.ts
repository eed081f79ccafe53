import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Disk } from "../disk.ts";
import { nodeDisk } from "../node-disk.ts";

/** The real file system, but for the syncs: for tests that open a journal thousands of times and never lose power. */
export const hastyDisk: Disk = {
  ...nodeDisk,
  sync: () => {},
  flush: async () => {},
  syncFolder: () => {},
};

/** A file system in memory, where syncs cost nothing. */
const MEMORY = "/dev/shm";

/** Gives a new folder to `test`, and takes it away afterwards. */
export function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  return inFolderOf(tmpdir(), test);
}

/** The same, in memory where the machine has such a place: for what is opened thousands of times and loses no power itself. */
export function inMemory(test: (folder: string) => Promise<void>): Promise<void> {
  return inFolderOf(existsSync(MEMORY) ? MEMORY : tmpdir(), test);
}

async function inFolderOf(parent: string, test: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(parent, "swoosh-journal-"));
  try {
    await test(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Flips one bit of a file and gives back what puts it right again. */
export function flipBit(path: string, at: number, bit: number): () => void {
  const sound = readFileSync(path);
  const doctored = Buffer.from(sound);
  doctored[at] = (doctored[at] ?? 0) ^ (1 << bit);
  writeFileSync(path, doctored);
  return () => writeFileSync(path, sound);
}

/** Bytes up to the last one that is not zero. */
export function dataLength(bytes: Uint8Array): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}
