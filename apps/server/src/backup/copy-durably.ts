import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { assert } from "@swoosh/kernel";
import { NodeProblem } from "../node/node-problem.ts";

const OWNER_ONLY_FOLDER = 0o700;
const TEMP_END = ".tmp";

/** Writes a new file and returns when its bytes are durable; its folder is the caller's to sync. */
export function writeDurably(path: string, bytes: Uint8Array | string): void {
  const data = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
  const file = openSync(path, "wx", 0o600);
  try {
    for (let at = 0; at < data.length;) at += writeSync(file, data, at, data.length - at, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Copies one file durably; false where it went away meanwhile. The mode is the owner's alone. */
export function copyFile(from: string, to: string): boolean {
  try {
    copyFileSync(from, to);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
  chmodSync(to, 0o600);
  syncPath(to);
  return true;
}

/** Copies all files of a folder and of those in it; what is half-written there is left out. Gives how many there are. */
export function copyTree(from: string, to: string): number {
  makeFolder(to);
  if (!existsSync(from)) return 0;
  let files = 0;
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.name.endsWith(TEMP_END) || entry.name.startsWith(".")) continue;
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) files += copyTree(source, target);
    else if (entry.isFile() && copyFile(source, target)) files += 1;
  }
  syncPath(to);
  return files;
}

export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: OWNER_ONLY_FOLDER });
}

export function syncPath(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/**
 * Makes a folder under another name beside `target`, lets `fill` work there, and gives it its name only when that went well:
 * whatever stands under the name is whole. Nothing that is there is ever overwritten.
 */
export async function buildFolder<Result>(
  target: string,
  fill: (folder: string) => Promise<Result>,
): Promise<Result> {
  const place = resolve(target);
  if (existsSync(place) && readdirSync(place).length > 0)
    throw new NodeProblem(
      `${target} is not empty, and nothing is overwritten; name another folder`,
    );
  const parent = dirname(place);
  const building = join(parent, `.${basename(place)}.${process.pid}.building`);
  assert(basename(building).endsWith(".building"), "what may be removed again is named so");
  makeFolder(parent);
  mkdirSync(building, { mode: OWNER_ONLY_FOLDER });
  try {
    const result = await fill(building);
    syncPath(building);
    renameSync(building, place);
    syncPath(parent);
    return result;
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw error;
  }
}
