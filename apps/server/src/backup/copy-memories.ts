import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { memoryPath } from "../memory/memory-path.ts";
import { copyFile, copyTree, makeFolder, syncPath } from "./copy-durably.ts";

/**
 * Copies the memories of a data folder, also while somebody works on them: those of the node, and those of each instance.
 * Memories never change; `cells.json` is copied first, so it names none that is not there. Locks are not copied.
 */
export function copyMemories(from: string, to: string): void {
  const [source, target] = [memoryPath(from), memoryPath(to)];
  if (!existsSync(source)) return;
  copyMemory(source, target);
  const own = join(source, "of");
  for (const chart of foldersIn(own))
    for (const name of foldersIn(join(own, chart)))
      copyMemory(join(own, chart, name), join(target, "of", chart, name));
}

function copyMemory(from: string, to: string): void {
  makeFolder(to);
  const state = join(from, "cells.json");
  if (existsSync(state)) copyFile(state, join(to, "cells.json"));
  copyTree(join(from, "objects"), join(to, "objects"));
  syncPath(to);
}

function foldersIn(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}
