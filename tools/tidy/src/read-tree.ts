import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createTree, type Tree } from "./tree.ts";

/** Files larger than this are data; no rule reads them. */
const FILE_BYTES_MAX = 1_048_576;

/** Reads what git knows of and what it would add; ignored files are none of ours. */
export function readTree(root: string): Tree {
  const listed = execFileSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 64 * 1_048_576,
    },
  );
  const files = new Map<string, string>();
  for (const path of listed.split("\0")) {
    const absolute = join(root, path);
    // A file that was deleted but not committed is listed still.
    if (path === "" || !existsSync(absolute)) continue;
    const stat = statSync(absolute);
    if (stat.isFile())
      files.set(path, stat.size <= FILE_BYTES_MAX ? readFileSync(absolute, "utf8") : "");
  }
  return createTree(files);
}
