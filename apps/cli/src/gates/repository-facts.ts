import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { RepositoryFacts } from "@swoosh/gates";
import { LIVING } from "./living-folder.ts";
import { git } from "./repository.ts";
import { readIfThere } from "./write-whole.ts";

/** What can be seen of a repository from outside. */
export async function repositoryFacts(root: string): Promise<RepositoryFacts> {
  const tracked = await git(root, [
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard",
    "-z",
    ".",
  ]);
  const files =
    tracked === undefined ? walk(root) : tracked.split("\0").filter((file) => file !== "");
  const manifest = readManifest(root);
  const words = basename(root)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[-0-9]+|-+$/g, "")
    .slice(0, 18)
    .replace(/-+$/, "");
  return {
    name: words === "" ? "repository" : words,
    files: files
      .filter(
        (file) =>
          !file.startsWith(".swoosh/") &&
          !file.startsWith("gates/") &&
          !file.startsWith(`${LIVING}/`),
      )
      .slice(0, 20_000),
    scripts: manifest,
    hasLock: existsSync(join(root, "package-lock.json")),
    makeTargets: (readIfThere(join(root, "Makefile")) ?? "")
      .split("\n")
      .flatMap((line) => /^([a-z][\w-]*):(?!=)/.exec(line)?.[1] ?? []),
  };
}

function readManifest(root: string): Readonly<Record<string, string>> {
  try {
    const manifest: unknown = JSON.parse(readIfThere(join(root, "package.json")) ?? "{}");
    if (typeof manifest !== "object" || manifest === null || !("scripts" in manifest)) return {};
    return Object.fromEntries(
      Object.entries(manifest.scripts ?? {}).flatMap(([name, value]) =>
        typeof value === "string" ? [[name, value]] : [],
      ),
    );
  } catch {
    return {};
  }
}

function walk(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !/(^|\/)(node_modules|\.git|\.swoosh)\//.test(path));
}
