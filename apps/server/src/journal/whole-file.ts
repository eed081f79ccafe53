import type { Disk } from "./disk.ts";
import { isMissing } from "./disk-error.ts";

/** End of the names of files that are being written: whatever has it at opening was left by a crash. */
export const TEMP_END = ".tmp";

/** All bytes of a file, or undefined where there is none. */
export function readWhole(disk: Disk, path: string): Uint8Array | undefined {
  let file: number;
  try {
    file = disk.open(path, "read");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const bytes = new Uint8Array(disk.size(file));
    return bytes.subarray(0, readAll(disk, file, { into: bytes, offset: 0 }));
  } finally {
    disk.close(file);
  }
}

export function isThere(disk: Disk, path: string): boolean {
  try {
    disk.close(disk.open(path, "read"));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Fills `into` from `offset` on; gives the bytes that were there. */
export function readAll(
  disk: Disk,
  file: number,
  place: { readonly into: Uint8Array; readonly offset: number },
): number {
  const { into, offset } = place;
  let done = 0;
  while (done < into.length) {
    const count = disk.read(file, into.subarray(done), offset + done);
    if (count === 0) break;
    done += count;
  }
  return done;
}

/** Writes all of `bytes`, however many calls it takes. */
export function writeAll(
  disk: Pick<Disk, "write">,
  file: number,
  piece: { readonly bytes: Uint8Array; readonly offset: number },
): void {
  const { bytes, offset } = piece;
  let done = 0;
  while (done < bytes.length) {
    const count = disk.write(file, bytes.subarray(done), offset + done);
    if (count === 0) throw new Error(`the disk took nothing of ${bytes.length - done} bytes`);
    done += count;
  }
}

/** Writes a file whole, durably but for its name: temp, write, sync, rename. The folder is the caller's to sync. */
export function storeFile(disk: Disk, path: string, bytes: Uint8Array): void {
  const temp = `${path}${TEMP_END}`;
  removeIfThere(disk, temp);
  const file = disk.open(temp, "create");
  try {
    writeAll(disk, file, { bytes, offset: 0 });
    disk.sync(file);
  } catch (error) {
    disk.close(file);
    discard(disk, temp);
    throw error;
  }
  disk.close(file);
  disk.rename(temp, path);
}

/** As `storeFile`, but the thread goes on while the disk syncs. */
export async function storeFileApart(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  writeTemp(disk, path, bytes);
  await keepTemp(disk, path);
}

/** The first half of `storeFileApart`: nothing of it is durable, and the name is not there yet. */
export function writeTemp(disk: Disk, path: string, bytes: Uint8Array): void {
  const temp = `${path}${TEMP_END}`;
  removeIfThere(disk, temp);
  const file = disk.open(temp, "create");
  try {
    writeAll(disk, file, { bytes, offset: 0 });
  } catch (error) {
    disk.close(file);
    discard(disk, temp);
    throw error;
  }
  disk.close(file);
}

/** The second half, at any time later: what was written becomes durable and gets its name. */
export async function keepTemp(disk: Disk, path: string): Promise<void> {
  const temp = `${path}${TEMP_END}`;
  try {
    const file = disk.open(temp, "update");
    try {
      await disk.flush(file);
    } finally {
      disk.close(file);
    }
    disk.rename(temp, path);
  } catch (error) {
    discard(disk, temp);
    throw error;
  }
}

export function removeIfThere(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Takes a file away that nobody needs, where that works; the next opening does it otherwise. */
export function discard(disk: Disk, path: string): void {
  try {
    disk.remove(path);
  } catch {
    // What made the file useless is being told already.
  }
}
