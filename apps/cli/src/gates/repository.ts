import { execFile } from "node:child_process";
import { hash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Documents that the gates write themselves: they change no verdict. Relative to the repository. */
export const GENERATED = ["MATURITY.md", "docs/living", "gates/reports", ".swoosh"] as const;
/** Commits of generated documents in a row that are looked behind. */
const GENERATED_COMMITS_MAX = 16;
/** Bytes of a diff that are hashed; a larger one is cut, and named by its length as well. */
const DIFF_BYTES_MAX = 268_435_456;

/** What a verdict is about: the tracked files as they are now. */
export interface Revision {
  /** `<40 hex>`; with local changes `<40 hex>+<12 hex of their hash>`; without git `tree-<40 hex of all files' hash>`. */
  readonly commit: string;
  readonly branch: string;
  /** Tracked files that differ from the commit. */
  readonly changed: readonly string[];
}

/** The folder whose gates are meant: the nearest upwards with `gates/`'s files, else git's, else this one. */
export async function findRoot(from: string): Promise<string> {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (
      existsSync(join(folder, "gates", "maturity.yaml")) ||
      existsSync(join(folder, "gates", "lifecycle.yaml"))
    )
      return folder;
    if (dirname(folder) === folder) break;
  }
  const top = await git(from, ["rev-parse", "--show-toplevel"]);
  return top === undefined ? resolve(from) : top.trim();
}

/** Output of a git command, or undefined where it fails (no git, no repository, no commit). */
export async function git(folder: string, argv: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run("git", ["-C", folder, ...argv], {
      maxBuffer: DIFF_BYTES_MAX,
      encoding: "utf8",
    });
    return stdout;
  } catch {
    return undefined;
  }
}

export async function revisionOf(root: string): Promise<Revision> {
  const own = ["--", ".", ...GENERATED.map((path) => `:(exclude)${path}`)];
  // Starting a program costs more than git itself needs: the branch comes with the log.
  const [log, names] = await Promise.all([
    git(root, [
      "log",
      `-${GENERATED_COMMITS_MAX}`,
      "--decorate-refs=HEAD",
      "--decorate-refs=refs/heads/",
      "--format=%x00%H%x09%D",
      "--name-only",
      "--relative",
    ]),
    git(root, ["diff", "HEAD", "--name-only", "--relative", ...own]),
  ]);
  const sha = judgedCommit(log ?? "");
  if (sha === undefined || names === undefined)
    return { commit: `tree-${treeHash(root)}`, branch: "none", changed: [] };
  const branch = /^\0[0-9a-f]+\tHEAD -> ([^,\n]+)/.exec(log ?? "")?.[1] ?? "HEAD";
  const changed = names.split("\n").filter((name) => name !== "");
  if (changed.length === 0) return { commit: sha, branch, changed };
  const diff =
    (await git(root, ["diff", "HEAD", "--binary", "--relative", ...own])) ?? changed.join("\n");
  return {
    commit: `${sha}+${hash("sha256", diff, "hex").slice(0, 12)}`,
    branch,
    changed,
  };
}

/**
 * The newest commit that is more than generated documents: a report that is committed must not make the evidence it reports on that
 * of another commit. A commit without files (empty, or a merge) counts as it is.
 */
function judgedCommit(log: string): string | undefined {
  const commits = log
    .split("\0")
    .slice(1)
    .map((entry) => {
      const [head = "", ...files] = entry.split("\n").filter((line) => line !== "");
      return { sha: head.split("\t")[0] ?? "", files };
    });
  const isReport = (file: string): boolean =>
    GENERATED.some((path) => file === path || file.startsWith(`${path}/`));
  const judged = commits.find(({ files }) => files.length === 0 || !files.every(isReport));
  return (judged ?? commits[0])?.sha;
}

/** Of all files of a folder without git, by path and content. */
function treeHash(root: string): string {
  const lines: string[] = [];
  const visit = (folder: string): void => {
    for (const name of readdirSync(folder).toSorted()) {
      const path = join(folder, name);
      const own = relative(root, path);
      if (name === ".git" || name === "node_modules" || GENERATED.some((one) => own === one))
        continue;
      const about = lstatSync(path);
      if (about.isDirectory()) visit(path);
      else if (about.isSymbolicLink()) lines.push(`${own} -> ${readlinkSync(path)}`);
      else if (about.isFile()) lines.push(`${own} ${hash("sha256", readFileSync(path), "hex")}`);
    }
  };
  visit(root);
  return hash("sha256", lines.join("\n"), "hex").slice(0, 40);
}
