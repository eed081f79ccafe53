import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { matchesGlob, type SourceText } from "@swoosh/gates";
import { git } from "./repository.ts";
import { repositoryFacts } from "./repository-facts.ts";

/** Bytes of a file that is looked into; larger ones are data, not sources. */
const TEXT_BYTES_MAX = 4_194_304;

/** Tracked (and new, not ignored) files that are text, those of `globs` alone where there are any. */
export async function trackedTexts(
  root: string,
  globs: readonly string[],
): Promise<readonly SourceText[]> {
  const paths = await trackedPaths(root);
  return paths
    .filter((path) => globs.length === 0 || globs.some((glob) => matchesGlob(glob, path)))
    .flatMap((path) => {
      const whole = join(root, path);
      if (!existsSync(whole)) return [];
      const about = statSync(whole);
      if (!about.isFile() || about.size > TEXT_BYTES_MAX) return [];
      const bytes = readFileSync(whole);
      return bytes.subarray(0, 8_192).includes(0) ? [] : [{ path, text: bytes.toString("utf8") }];
    });
}

export async function trackedPaths(root: string): Promise<readonly string[]> {
  const listed = await git(root, [
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard",
    "-z",
    ".",
  ]);
  if (listed !== undefined) return [...new Set(listed.split("\0").filter((path) => path !== ""))];
  return (await repositoryFacts(root)).files;
}
