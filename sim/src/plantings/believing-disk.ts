import {
  decodeSuperblock,
  encodeSuperblock,
  IDENTITY_BYTES,
  readIdentity,
  SUPERBLOCK_BYTES,
  type JournalIdentity,
} from "@swoosh/kernel";
import type { Disk } from "@swoosh/server/journal-testing";
import { JOURNAL_FOLDER } from "../world/life.ts";
import { diskWith } from "./disk-with.ts";

const SEGMENT = `${JOURNAL_FOLDER}/log/0000000000000000.wal`;
/** In a segment's header, behind magic and format. */
const AT_IDENTITY = 8;

/** A disk whose superblocks are read as if they were of the log beside them and of their slots, whatever they say. */
export function believingDisk(inner: Disk): Disk {
  const slots = new Map<number, number>();
  return diskWith(inner, {
    open: (path, how) => {
      const file = inner.open(path, how);
      const slot = /\/superblock-([01])$/u.exec(path)?.[1];
      if (slot === undefined) slots.delete(file);
      else slots.set(file, Number(slot));
      return file;
    },
    read: (file, into, offset) => {
      const length = inner.read(file, into, offset);
      const slot = slots.get(file);
      if (slot !== undefined && length === SUPERBLOCK_BYTES) makeOwn(into, slot, identityOn(inner));
      return length;
    },
  });
}

function makeOwn(bytes: Uint8Array, slot: number, own: JournalIdentity | undefined): void {
  const said = [slot, 1 - slot].find((one) => decodeSuperblock(bytes, one).ok);
  const decoded = said === undefined ? undefined : decodeSuperblock(bytes, said);
  if (decoded?.ok !== true || own === undefined) return;
  const { superblock } = decoded;
  const generation = superblock.generation + (said === slot ? 0 : 1);
  bytes.set(encodeSuperblock({ ...superblock, ...own, generation }));
}

function identityOn(disk: Disk): JournalIdentity | undefined {
  const header = new Uint8Array(AT_IDENTITY + IDENTITY_BYTES);
  try {
    const file = disk.open(SEGMENT, "read");
    disk.read(file, header, 0);
    disk.close(file);
  } catch {
    return undefined;
  }
  return readIdentity(header, AT_IDENTITY);
}
