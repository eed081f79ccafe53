import { join } from "node:path";
import {
  chooseSuperblock,
  decodeSuperblock,
  encodeSuperblock,
  slotOf,
  type JournalIdentity,
  type Superblock,
} from "@swoosh/kernel";
import { CorruptJournal } from "./corrupt-journal.ts";
import type { Disk } from "./disk.ts";
import { isMissing } from "./disk-error.ts";
import { segmentPath } from "./segment-name.ts";
import { readWhole, removeIfThere, storeFile, writeAll } from "./whole-file.ts";

function slotPath(folder: string, slot: number): string {
  return join(folder, `superblock-${slot}`);
}

/** Was one ever written? */
export function hasSuperblock(disk: Disk, folder: string): boolean {
  return [0, 1].some((slot) => readWhole(disk, slotPath(folder, slot)) !== undefined);
}

/** Durably. */
export function removeSuperblocks(disk: Disk, folder: string): void {
  for (const slot of [0, 1]) removeIfThere(disk, slotPath(folder, slot));
  disk.syncFolder(folder);
}

/** The newest whole superblock, or null where none was written yet. Throws where both are bad, or one is foreign. */
export function readSuperblock(
  disk: Disk,
  folder: string,
  expected: JournalIdentity,
): Superblock | null {
  const first = readWhole(disk, slotPath(folder, 0));
  const second = readWhole(disk, slotPath(folder, 1));
  if (first === undefined && second === undefined) return null;
  const chosen = chooseSuperblock([first, second], expected);
  if (chosen.ok) return chosen.superblock;
  const slot = first === undefined ? 1 : 0;
  throw new CorruptJournal(
    { file: slotPath(folder, slot), offset: 0, index: null },
    `neither superblock can be used: ${chosen.problems.join("; ")}`,
  );
}

/** In how many of the slots this superblock's segment is named. */
export function timesNamed(disk: Disk, folder: string, { segment }: Superblock): number {
  return [0, 1].filter((slot) => {
    const bytes = readWhole(disk, slotPath(folder, slot));
    const decoded = bytes === undefined ? undefined : decodeSuperblock(bytes, slot);
    return decoded?.ok === true && decoded.superblock.segment === segment;
  }).length;
}

/** A segment has its name, durably, before a superblock names it, and keeps it. Throws where it is gone. */
export function mustHaveSegment(
  folder: string,
  firsts: readonly number[],
  superblock: Superblock | null,
): void {
  const named = superblock?.segment ?? null;
  if (named === null || firsts.includes(named)) return;
  throw new CorruptJournal(
    { file: segmentPath(folder, named), offset: 0, index: named },
    "the segment is missing: a superblock names it as the one that was being written",
  );
}

/**
 * Writes the superblock into the slot of its generation, durably. The other slot, which stands for the generation before,
 * is not touched, so a torn write here costs nothing. A slot's file is whole before it has its name.
 */
export function writeSuperblock(disk: Disk, folder: string, superblock: Superblock): void {
  const path = slotPath(folder, slotOf(superblock.generation));
  const bytes = encodeSuperblock(superblock);
  let file: number;
  try {
    file = disk.open(path, "update");
  } catch (error) {
    if (!isMissing(error)) throw error;
    storeFile(disk, path, bytes);
    disk.syncFolder(folder);
    return;
  }
  try {
    writeAll(disk, file, { bytes, offset: 0 });
    disk.sync(file);
  } finally {
    disk.close(file);
  }
}
