import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { lstat, open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { compareUtf16 } from "@swoosh/kernel";
import { checkPath, EntryCount, type IngestBounds } from "./check-entries.ts";
import { IngestProblem } from "./ingest-problem.ts";
import { comparePaths, type SourceTree, type TreeEntry } from "./source-tree.ts";

/** Folders that tools make and that no project is made of. What is left out is said in the manifest. */
export const FOLDERS_SKIPPED: readonly string[] = [".git", ".swoosh", ".cache", "node_modules"];

/** The files below a folder, as they lie there now. Links are read, never followed. */
export async function openFolderTree(folder: string, bounds: IngestBounds): Promise<SourceTree> {
  const entries: TreeEntry[] = [];
  const skipped: string[] = [];
  const count = new EntryCount(bounds);
  const waiting = [""];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const name of await readNames(join(folder, at))) {
      const path = at === "" ? name : `${at}/${name}`;
      if (FOLDERS_SKIPPED.includes(name)) {
        skipped.push(path);
        continue;
      }
      checkPath(path);
      const found = await lstat(join(folder, path));
      if (found.isDirectory()) waiting.push(path);
      else {
        const entry = entryOf(path, found);
        count.add(path, entry.size);
        entries.push(entry);
      }
    }
  }
  return {
    entries: entries.toSorted(comparePaths),
    skipped: skipped.toSorted(compareUtf16),
    read: (entry) => readEntry(folder, entry),
    close: async () => {},
  };
}

async function readNames(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new IngestProblem(
      "bad_source",
      `${folder} cannot be read; is it there, a folder, and yours?`,
      { cause: error },
    );
  }
}

function entryOf(path: string, found: Awaited<ReturnType<typeof lstat>>): TreeEntry {
  const size = Number(found.size);
  if (found.isSymbolicLink()) return { path, mode: "120000", size, key: path };
  if (!found.isFile())
    throw new IngestProblem(
      "special_file",
      `${path} is no file, folder or link (a socket, a pipe or a device); take it out of the folder`,
    );
  const mode = (Number(found.mode) & 0o100) === 0 ? "100644" : "100755";
  return { path, mode, size, key: path };
}

async function* readEntry(folder: string, entry: TreeEntry): AsyncGenerator<Uint8Array> {
  const path = join(folder, entry.path);
  if (entry.mode === "120000") {
    yield await readlink(path, "buffer");
    return;
  }
  // One byte more than there was tells that the file grew; a link that took its place is not followed.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => {
    throw changed(entry.path);
  });
  let bytes = 0;
  const stream: AsyncIterable<Buffer> = file.createReadStream({ end: entry.size });
  for await (const piece of stream) {
    bytes += piece.length;
    yield piece;
  }
  if (bytes !== entry.size) throw changed(entry.path);
}

export function changed(path: string): IngestProblem {
  return new IngestProblem(
    "moved_source",
    `${path} changed while it was read; let nobody write to the folder, or commit it and ingest the repository`,
  );
}

/** Pin of files that have no version of their own: over mode, hash and path of each, in the order of paths. */
export function pinOf(
  entries: Iterable<{ readonly mode: string; readonly path: string; readonly sha256: string }>,
): string {
  const whole = createHash("sha256");
  for (const { mode, path, sha256 } of entries) whole.update(`${mode} ${sha256} ${path}\0`);
  return `sha256-${whole.digest("hex")}`;
}

/** What the files of a tree are right now, as one hash. */
export async function treePin(tree: SourceTree): Promise<string> {
  const entries: { mode: string; path: string; sha256: string }[] = [];
  for (const entry of tree.entries) {
    const digest = createHash("sha256");
    for await (const piece of tree.read(entry)) digest.update(piece);
    entries.push({ mode: entry.mode, path: entry.path, sha256: digest.digest("hex") });
  }
  return pinOf(entries);
}
