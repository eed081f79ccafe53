import { constants } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { SNAPSHOTS_KEPT_MIN } from "../journal/limits.ts";

const MANIFEST_NAME = /^[0-9]{16}\.json$/u;
const CHUNK_NAME = /^sha256-[0-9a-f]{64}\.json$/u;
const CHUNK_HASHES = /sha256-[0-9a-f]{64}/gu;

export interface SnapshotCopy {
  /** Folder of the journal. */
  readonly from: string;
  /** Folder of the copies, made if it is missing; its `snapshots` and `chunks` belong to this. */
  readonly to: string;
  /** Of the last record in the snapshot. */
  readonly index: number;
  /** No file is begun once it is aborted. */
  readonly signal: AbortSignal;
}

/** Name of the snapshot's manifest in `snapshots`. */
export function manifestName(index: number): string {
  return `${String(index).padStart(16, "0")}.json`;
}

/**
 * Copies a durable snapshot: chunks that are not there yet, each durable before its name, then the manifest; so a manifest
 * that can be seen in the copy is whole. As many are kept as the journal keeps itself. Rejects with the system's error, or
 * with the signal's reason; what was copied by then stays, and is not copied again.
 */
export async function copySnapshot(copy: SnapshotCopy): Promise<void> {
  const [snapshots, chunks] = [join(copy.to, "snapshots"), join(copy.to, "chunks")];
  for (const folder of [snapshots, chunks]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const manifest = join(copy.from, "snapshots", manifestName(copy.index));
  const text = await readFile(manifest, "utf8");
  for (const hash of new Set(text.match(CHUNK_HASHES))) {
    const source = join(copy.from, "chunks", `${hash}.json`);
    // Hashes of charts and of the state stand in a manifest too; chunks are those that are files.
    const found = await sizeOf(source);
    const target = join(chunks, `${hash}.json`);
    if (found === undefined || (await sizeOf(target)) === found) continue;
    await copyDurably(source, target, copy.signal);
  }
  await syncFolder(chunks);
  await copyDurably(manifest, join(snapshots, manifestName(copy.index)), copy.signal);
  await syncFolder(snapshots);
  await prune(snapshots, chunks, copy.signal);
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

async function copyDurably(from: string, to: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const temp = `${to}.tmp`;
  await copyFile(from, temp, constants.COPYFILE_FICLONE);
  const file = await open(temp, "r+");
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(temp, to);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Takes away old manifests, then chunks that no manifest names. */
async function prune(snapshots: string, chunks: string, signal: AbortSignal): Promise<void> {
  const names = (await readdir(snapshots)).filter((name) => MANIFEST_NAME.test(name)).toSorted();
  const dropped = names.slice(0, -SNAPSHOTS_KEPT_MIN);
  if (dropped.length === 0) return;
  for (const name of dropped) await rm(join(snapshots, name), { force: true });
  await syncFolder(snapshots);
  const kept = await Promise.all(
    names.slice(-SNAPSHOTS_KEPT_MIN).map((name) => readFile(join(snapshots, name), "utf8")),
  );
  const named = new Set(kept.flatMap((text) => text.match(CHUNK_HASHES) ?? []));
  for (const name of await readdir(chunks)) {
    signal.throwIfAborted();
    if (CHUNK_NAME.test(name) && !named.has(name.slice(0, -".json".length)))
      await rm(join(chunks, name), { force: true });
  }
}
