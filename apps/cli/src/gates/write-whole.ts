import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import process from "node:process";

let written = 0;

/** The file as a whole or as it was: written beside, synced, renamed. Whoever is killed in between leaves no half. */
export function writeWhole(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  written += 1;
  const beside = `${path}.${process.pid}-${written}.part`;
  try {
    const file = openSync(beside, "w", 0o644);
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
  syncFolder(dirname(path));
}

/** Writes only where something changes; tells whether it did. */
export function writeChanged(path: string, content: string): boolean {
  if (readIfThere(path) === content) return false;
  writeWhole(path, content);
  return true;
}

export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
