import { linkSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { threadId } from "node:worker_threads";
import { syncPath, writeDurably } from "../backup/copy-durably.ts";

/**
 * Writes a new file that only its owner may read, whole and durably; never over one that is there, for what a key file or a
 * salt held cannot be had again. It is whole before it has its name, so whoever is killed in here leaves no half that the next
 * start would stumble over. Throws the system's error, `EEXIST` where the name is taken.
 */
export function storeOnce(path: string, content: Uint8Array | string): void {
  const fresh = `${path}.${process.pid}.${threadId}.tmp`;
  // Of a process before this one with the same number, as the first of a container has every time.
  rmSync(fresh, { force: true });
  try {
    writeDurably(fresh, content);
    linkSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
  syncPath(dirname(path));
}
