import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { checkPath, EntryCount, type IngestBounds } from "./check-entries.ts";
import type { GitAddress } from "./git-address.ts";
import { ObjectReader } from "./object-reader.ts";
import { IngestProblem } from "./ingest-problem.ts";
import { GIT_LOOK_MS, GIT_TIMEOUT_MS } from "./limits.ts";
import type { AdmitOutbound } from "./outbound.ts";
import { askRemote, shown } from "./resolve-git.ts";
import { GitFailed, startGit } from "./run-git.ts";
import { comparePaths, type EntryMode, type SourceTree, type TreeEntry } from "./source-tree.ts";
import type { TemporaryFolder } from "./temporary-folder.ts";

const SHA1_HEX_LENGTH = 40;

export interface GitTreeOptions {
  readonly address: GitAddress;
  readonly commit: string;
  readonly folder: TemporaryFolder;
  readonly bounds: IngestBounds;
  readonly admit: AdmitOutbound;
}

/** Brings one commit into the folder, and nothing of its history; gives its files. Where this throws, who calls removes the folder. */
export async function openGitTree(options: GitTreeOptions): Promise<SourceTree> {
  const { address, bounds, commit, folder } = options;
  const gitFolder = await makeRepository(join(folder.path, "repository.git"), options);
  if (address.path === undefined) await fetchCommit(options, gitFolder);
  const entries = await listTree(gitFolder, commit, bounds).catch((error: unknown) => {
    throw error instanceof GitFailed ? moved(options, error) : error;
  });
  const reader = new ObjectReader(gitFolder);
  return {
    entries,
    skipped: [],
    read: (entry) => reader.read(entry.key),
    close: async () => {
      await reader.close();
      await folder.remove();
    },
  };
}

/**
 * A bare repository without configuration of its own. Over a repository of this machine it has that one's objects as its alternates:
 * they are read where they are, and nothing else of that repository is looked at.
 */
async function makeRepository(
  gitFolder: string,
  { address, commit }: GitTreeOptions,
): Promise<string> {
  await mkdir(join(gitFolder, "refs"), { recursive: true });
  await mkdir(join(gitFolder, "objects", "info"), { recursive: true });
  await writeFile(join(gitFolder, "HEAD"), "ref: refs/nothing\n");
  if (commit.length > SHA1_HEX_LENGTH)
    await writeFile(
      join(gitFolder, "config"),
      "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n",
    );
  if (address.path !== undefined)
    await writeFile(
      join(gitFolder, "objects", "info", "alternates"),
      `${await objectsFolder(address.path)}\n`,
    );
  return gitFolder;
}

/** Where a repository keeps its objects: in a worktree, `.git` is a file that says so. */
async function objectsFolder(path: string): Promise<string> {
  const dotGit = join(path, ".git");
  const found = await stat(dotGit).catch(() => undefined);
  if (found === undefined) return join(path, "objects");
  if (found.isDirectory()) return join(dotGit, "objects");
  const named = /^gitdir: (.+)$/m.exec(await readFile(dotGit, "utf8"))?.[1] ?? "";
  const gitFolder = resolve(path, named);
  const common = await readFile(join(gitFolder, "commondir"), "utf8").catch(() => ".");
  return join(resolve(gitFolder, common.trim()), "objects");
}

/** The commit alone where the server gives single commits; else all branches and tags, among which it must be. */
async function fetchCommit(
  { address, admit, bounds, commit }: GitTreeOptions,
  gitFolder: string,
): Promise<void> {
  const fetchOf = async (...argv: readonly string[]): Promise<void> => {
    const all = [
      "fetch",
      "--quiet",
      "--no-tags",
      "--no-write-fetch-head",
      "--no-recurse-submodules",
    ];
    await askRemote(address, admit, [...all, ...argv], {
      gitFolder,
      timeoutMs: GIT_TIMEOUT_MS,
      watch: { lookMs: GIT_LOOK_MS, look: () => tooMuchOnDisk(gitFolder, bounds) },
    });
  };
  try {
    await fetchOf("--depth=1", "--", address.remote, commit);
  } catch (error) {
    if (!(error instanceof IngestProblem) || !(error.cause instanceof GitFailed)) throw error;
    await fetchOf("--", address.remote, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*");
  }
}

function moved({ address, commit }: GitTreeOptions, cause: Error): IngestProblem {
  return new IngestProblem(
    "moved_source",
    `${shown(address)} no longer has commit ${commit}; resolve the source again`,
    { cause },
  );
}

async function tooMuchOnDisk(gitFolder: string, bounds: IngestBounds): Promise<Error | undefined> {
  const pack = join(gitFolder, "objects", "pack");
  let bytes = 0;
  for (const name of await readdir(pack).catch(() => [])) {
    const found = await stat(join(pack, name)).catch(() => undefined);
    bytes += found?.size ?? 0;
  }
  if (bytes <= bounds.totalBytesMax) return undefined;
  return new IngestProblem(
    "source_too_large",
    `git has fetched ${bytes} bytes; at most ${bounds.totalBytesMax}. Ingest a smaller repository, or a part of it`,
  );
}

/** `git ls-tree -r -l -z`: read as it comes, refused as soon as it is too much. */
async function listTree(
  gitFolder: string,
  commit: string,
  bounds: IngestBounds,
): Promise<readonly TreeEntry[]> {
  const argv = ["ls-tree", "-r", "-l", "-z", "--full-tree", commit];
  const { child, ended, kill } = startGit({ argv, gitFolder, timeoutMs: GIT_TIMEOUT_MS });
  child.stdin?.end();
  const { stdout } = child;
  const whole = ended.then(
    () => undefined,
    (error: unknown) => error,
  );
  const entries: TreeEntry[] = [];
  const count = new EntryCount(bounds);
  let rest = "";
  try {
    if (stdout === null) throw new Error("git was started without its output");
    stdout.setEncoding("utf8");
    for await (const piece of stdout) {
      const lines = (rest + String(piece)).split("\0");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        const entry = readLine(line);
        count.add(entry.path, entry.size);
        entries.push(entry);
      }
    }
  } catch (error) {
    kill();
    await whole;
    throw error;
  }
  const failure = await whole;
  if (failure !== undefined) throw failure;
  return entries.toSorted(comparePaths);
}

const LINE = /^(?<mode>\d{6}) (?<type>\w+) (?<key>[0-9a-f]+) +(?<size>\d+|-)\t(?<path>[\s\S]*)$/;

function readLine(line: string): TreeEntry {
  const { key = "", mode = "", path = "", size = "0" } = LINE.exec(line)?.groups ?? {};
  checkPath(path);
  if (mode === "160000")
    throw new IngestProblem(
      "submodule",
      `${path} is a submodule (commit ${key}); submodules are not fetched. Put its files into the repository, or make it a project of its own`,
    );
  if (!isMode(mode))
    throw new IngestProblem(
      "special_file",
      `${path} has mode ${mode}, which is no file and no link`,
    );
  return { path, mode, size: Number(size), key };
}

function isMode(mode: string): mode is EntryMode {
  return mode === "100644" || mode === "100755" || mode === "120000";
}
