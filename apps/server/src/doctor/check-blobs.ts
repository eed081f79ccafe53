import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { DataFolder } from "../node/data-folder.ts";
import { digestOf } from "./check-journal.ts";
import { tellerOf, type Finding } from "./finding.ts";

/** Bytes that are hashed at most: some seconds. */
const BYTES_HASHED_MAX = 1_073_741_824;
const HASH = /^sha256-[0-9a-f]{64}$/u;

/** Evidence: every file has the hash that is its name. */
export function checkBlobs({ blobs }: DataFolder): readonly Finding[] {
  const { damage, ok } = tellerOf("evidence");
  if (!existsSync(blobs)) return [];
  const paths = readdirSync(blobs, { recursive: true, encoding: "utf8" })
    .map((name) => join(blobs, name))
    .filter((path) => HASH.test(nameOf(path)));
  const bad: Finding[] = [];
  let bytes = 0;
  let checked = 0;
  for (const path of paths) {
    bytes += statSync(path).size;
    if (bytes > BYTES_HASHED_MAX) break;
    checked += 1;
    if (digestOf(path) !== nameOf(path))
      bad.push(
        damage(
          `${path} does not have the hash that is its name; it counts as lost`,
          "put this file back from a backup, or PUT the same bytes again",
        ),
      );
  }
  const rest = checked < paths.length ? `; the first ${checked} were hashed` : "";
  return [...bad, ok(`${paths.length} pieces${rest}`)];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
