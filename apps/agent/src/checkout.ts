import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import {
  chmod,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import type { Client } from "@swoosh/sdk";
import { FETCHES_MAX } from "./limits.ts";
import { WorkProblem } from "./work-problem.ts";

export interface ContentEntry {
  readonly hash: string;
  readonly mode: string;
  readonly path: string;
}

const SYMLINK = "120000";
const PROGRAM = "100755";

/**
 * Ingested content as files, each held to its hash. Content is fetched once and kept, by its hash; every task gets a copy
 * of its own. Nothing is written outside of the agent's folder.
 */
export class Checkouts {
  readonly #client: Client;
  readonly #folder: string;
  readonly #blobs: string | undefined;
  readonly #fetching = new Map<string, Promise<string>>();

  /** `blobs`: the server's own store, where it is on this machine: what is there need not go over the network. */
  constructor(client: Client, folder: string, blobs?: string) {
    this.#client = client;
    this.#folder = resolve(folder);
    this.#blobs = blobs;
  }

  /** Folder with the content; not to be written to. */
  fetch(contentHash: string): Promise<string> {
    const known = this.#fetching.get(contentHash);
    if (known !== undefined) return known;
    const fetching = this.#fetch(contentHash).catch((error: unknown) => {
      this.#fetching.delete(contentHash);
      throw error;
    });
    this.#fetching.set(contentHash, fetching);
    return fetching;
  }

  /** A copy for one session: whatever runs there may change it. */
  async scratch(contentHash: string, session: string): Promise<string> {
    const from = await this.fetch(contentHash);
    const to = join(this.#folder, "scratch", session);
    await this.remove(session);
    await mkdir(dirname(to), { recursive: true });
    await cp(from, to, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
    });
    return to;
  }

  /** Place for what one session needs beside its checkout; nobody made it yet. Sessions have no dot in their names. */
  beside(session: string): string {
    return join(this.#folder, "scratch", `${session}.beside`);
  }

  async remove(session: string): Promise<void> {
    for (const path of [join(this.#folder, "scratch", session), this.beside(session)])
      await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }

  /**
   * Forgets content that is not as ingested any more: whoever needs it fetches it anew. It loses its name first: an agent
   * that is killed while it removes files must not take the rest of them for the content when it starts again.
   */
  async discard(contentHash: string): Promise<void> {
    this.#fetching.delete(contentHash);
    const folder = join(this.#folder, "content", contentHash);
    const going = `${folder}.going-${randomUUID()}`;
    try {
      await rename(folder, going);
    } catch (error) {
      // Two projects of one content may both have found it damaged.
      if (Object(error).code === "ENOENT") return;
      throw error;
    }
    await rm(going, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Entries of the manifest; throws `WorkProblem` where it is not here, or is none. */
  async entries(contentHash: string): Promise<readonly ContentEntry[]> {
    const bytes = await this.#bytes(contentHash);
    if (bytes === undefined)
      throw new WorkProblem("no_content", `there is no content ${contentHash} on the server`);
    const { files }: { files?: unknown } = Object(JSON.parse(Buffer.from(bytes).toString("utf8")));
    if (!Array.isArray(files))
      throw new WorkProblem("bad_content", `${contentHash} is no manifest of files`);
    return files.map(entryOf);
  }

  /** Bytes with this hash, from this machine or over the network; held to the hash either way. */
  async #bytes(hash: string): Promise<Uint8Array | undefined> {
    const name = asHash(hash);
    if (this.#blobs !== undefined) {
      const path = join(this.#blobs, name.slice("sha256-".length, "sha256-".length + 2), name);
      const bytes = await readFile(path).catch(() => undefined);
      if (bytes !== undefined && hashOf(bytes) === hash) return bytes;
    }
    return this.#client.getEvidence(name);
  }

  async #fetch(contentHash: string): Promise<string> {
    const folder = join(this.#folder, "content", contentHash);
    if (await exists(folder)) return folder;
    const entries = await this.entries(contentHash);
    const making = `${folder}.making`;
    await rm(making, { recursive: true, force: true });
    await mkdir(making, { recursive: true });
    const waiting = [...entries];
    const take = async (): Promise<void> => {
      for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop())
        await this.#write(making, entry);
    };
    await Promise.all(Array.from({ length: FETCHES_MAX }, take));
    await rename(making, folder);
    return folder;
  }

  async #write(root: string, { hash, mode, path }: ContentEntry): Promise<void> {
    const place = inside(root, path);
    const bytes = await this.#bytes(hash);
    if (bytes === undefined)
      throw new WorkProblem("no_content", `the bytes ${hash} of ${path} are not on the server`);
    await mkdir(dirname(place), { recursive: true });
    if (mode === SYMLINK) {
      const target = Buffer.from(bytes).toString("utf8");
      inside(root, join(dirname(path), target));
      await symlink(target, place);
      return;
    }
    await writeFile(place, bytes, { flag: "wx" });
    if (mode === PROGRAM) await chmod(place, 0o755);
  }
}

/** Removes from an agent's folder what an earlier life of it left half made or half removed; whole content stays. */
export async function removeHalfMade(folder: string): Promise<void> {
  const content = join(folder, "content");
  const names = await readdir(content).catch(() => []);
  const half = names.filter((name) => name.includes(".")).map((name) => join(content, name));
  for (const path of [join(folder, "scratch"), ...half])
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

/** `sha256-…` of bytes. */
export function hashOf(bytes: Uint8Array): string {
  return `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The absolute path below the root; throws where it would lead outside. */
export function inside(root: string, path: string): string {
  const top = resolve(root);
  const place = resolve(top, path);
  if (place !== top && !place.startsWith(`${top}${sep}`))
    throw new WorkProblem("bad_content", `${path} leads out of the checkout`);
  return place;
}

function entryOf(entry: unknown): ContentEntry {
  const {
    hash,
    mode = "100644",
    path,
  }: { hash?: unknown; mode?: unknown; path?: unknown } = Object(entry);
  if (typeof hash !== "string" || typeof path !== "string" || typeof mode !== "string")
    throw new WorkProblem("bad_content", "the manifest has an entry without path, mode or hash");
  return { hash, mode, path };
}

function asHash(text: string): `sha256-${string}` {
  const match = /^sha256-([0-9a-f]{64})$/.exec(text);
  if (match?.[1] === undefined) throw new WorkProblem("bad_content", `${text} is no hash`);
  return `sha256-${match[1]}`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
