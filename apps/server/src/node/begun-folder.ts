import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { nodeDisk } from "../journal/node-disk.ts";
import { readKeyFile, writeKeyFile } from "../keys/key-file.ts";
import { KeyProblem } from "../keys/key-problem.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { storeFile } from "../journal/whole-file.ts";
import type { DataFolder } from "./data-folder.ts";
import type { TestPorts } from "./test-ports.ts";

export interface FolderKeys {
  /** They alone can read the key files. */
  readonly ageRecipients?: readonly string[];
  /** Keys of a test, which nobody can read by mistake: the folder bears its mark (TP1). */
  readonly testPorts?: TestPorts | undefined;
}

/**
 * A data folder between its first file and its first answer. B1: the mark `unfinished` is there, durably, before anything
 * else is, and goes when the log, its charts and the keys are durable. So a start after a crash knows that nobody was told
 * anything about this folder yet, and may finish it, or make its keys anew, without a hand.
 */
export function isBegun({ unfinished }: DataFolder): boolean {
  return existsSync(unfinished);
}

/** True where there is nothing yet that somebody may rely on. */
export function isFresh(paths: DataFolder): boolean {
  if (!existsSync(paths.folder) || isBegun(paths)) return true;
  return readdirSync(paths.folder).every((name) => NEIGHBOURS.has(name));
}

/** What other commands keep in `.swoosh`, beside a log or without one. */
const NEIGHBOURS = new Set(["gates", "server.log", "server.log.1", "start.txt"]);

/** Makes the folder, its mark and its keys, or goes on with what a crash left; gives the operator's key. */
export function beginFolder(paths: DataFolder, given: FolderKeys = {}): PrivateKey {
  const { ageRecipients = [], testPorts } = given;
  mkdirSync(paths.folder, { recursive: true });
  if (!isBegun(paths)) nodeDisk.close(nodeDisk.open(paths.unfinished, "create"));
  if (testPorts !== undefined) storeFile(nodeDisk, paths.testMark, Buffer.from(testPorts.seed));
  nodeDisk.syncFolder(paths.folder);
  nodeDisk.syncFolder(dirname(paths.folder));
  const kept = keysIn(paths);
  if (kept !== undefined) return kept;
  // Keys are whole before the log begins: where they are not, there is no log.
  rmSync(paths.journal, { recursive: true, force: true });
  rmSync(paths.keys, { recursive: true, force: true });
  mkdirSync(paths.keys, { mode: 0o700 });
  const newKey = (name: string): PrivateKey => testPorts?.key(name) ?? PrivateKey.generate();
  const operator = newKey("operator");
  writeKeyFile(paths.nodeKey, newKey("node"), ageRecipients);
  writeKeyFile(paths.operatorKey, operator, ageRecipients);
  nodeDisk.syncFolder(paths.keys);
  nodeDisk.syncFolder(paths.folder);
  return operator;
}

/** B1: from here on the folder is somebody's. */
export function finishFolder(paths: DataFolder): void {
  nodeDisk.remove(paths.unfinished);
  nodeDisk.syncFolder(paths.folder);
}

function keysIn(paths: DataFolder): PrivateKey | undefined {
  try {
    readKeyFile(paths.nodeKey);
    return readKeyFile(paths.operatorKey);
  } catch (error) {
    if (error instanceof KeyProblem) return undefined;
    throw error;
  }
}
