import { accessSync, constants, existsSync, statfsSync, statSync } from "node:fs";
import { SEGMENT_BYTES } from "../journal/limits.ts";
import { readKeyFile } from "../keys/key-file.ts";
import type { DataFolder } from "../node/data-folder.ts";
import { messageOf, tellerOf, type Finding } from "./finding.ts";

/** Room for two segments: with less, the next one may not be prepared. */
const FREE_BYTES_LEAST = 2 * SEGMENT_BYTES;
const FREE_BYTES_WANTED = 2_000_000_000;
/** Rights of anybody but the owner. */
const OTHERS = 0o077;
const MIB = 1_048_576;

/** Is there a data folder, and may we write in it? Nothing else is worth a look without one. */
export function checkFolder(paths: DataFolder): Finding {
  const { bad, ok } = tellerOf("data folder");
  const make = `make one with swoosh init --data ${paths.folder}, or name another with --data`;
  if (!existsSync(paths.folder)) return bad(`${paths.folder} is not there`, make);
  if (!statSync(paths.folder).isDirectory()) return bad(`${paths.folder} is no folder`, make);
  if (!existsSync(paths.nodeKey) && !existsSync(paths.journal))
    return bad(`${paths.folder} is no data folder of Swoosh`, make);
  try {
    accessSync(paths.folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return bad(
      `${paths.folder} cannot be written: ${messageOf(error)}`,
      "run as the user who owns it, or mount it for writing",
    );
  }
  return ok(paths.folder);
}

/** Bytes that are free, and what that means. */
export function judgeSpace(folder: string, freeBytes: number): Finding {
  const { bad, ok, warn } = tellerOf("disk space");
  const says = `${Math.floor(freeBytes / MIB)} MiB are free for ${folder}`;
  if (freeBytes < FREE_BYTES_LEAST)
    return bad(
      says,
      "make room now: proposals are refused with 503 when the disk is full (docs/runbooks/full-disk.md)",
    );
  return freeBytes < FREE_BYTES_WANTED ? warn(says, "make room, or move backups away") : ok(says);
}

export function checkSpace({ folder }: DataFolder): Finding {
  const { bavail, bsize } = statfsSync(folder);
  return judgeSpace(folder, bavail * bsize);
}

/** Key files: there, ours, of the right kind, and nobody else's to read. */
export function checkKeys(paths: DataFolder): readonly Finding[] {
  return [
    ...(existsSync(paths.keys) ? checkMode(paths.keys, "700") : []),
    ...checkKey(paths.nodeKey, "the node's key"),
    ...(existsSync(paths.operatorKey) ? checkKey(paths.operatorKey, "the operator's key") : []),
  ];
}

function checkKey(path: string, whose: string): readonly Finding[] {
  const { bad, ok } = tellerOf("keys");
  if (!existsSync(path))
    return [
      bad(
        `${path}, ${whose}, is missing`,
        "put it back from a backup: nobody else can sign as this node",
      ),
    ];
  try {
    const { identity } = readKeyFile(path);
    return [...checkMode(path, "600"), ok(`${whose} is ${identity}`)];
  } catch (error) {
    return [bad(messageOf(error), "put it back from a backup")];
  }
}

function checkMode(path: string, wanted: string): readonly Finding[] {
  const { bad } = tellerOf("keys");
  const mode = statSync(path).mode & 0o777;
  if ((mode & OTHERS) === 0) return [];
  return [
    bad(
      `${path} has mode ${mode.toString(8)}: others than its owner can get at it`,
      `chmod ${wanted} ${path}; and rotate the key if somebody may have read it`,
    ),
  ];
}
