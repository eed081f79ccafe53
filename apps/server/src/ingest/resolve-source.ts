import { createHash } from "node:crypto";
import { createReadStream, existsSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { unreachable } from "@swoosh/kernel";
import { INGEST_BOUNDS, type IngestBounds } from "./check-entries.ts";
import { openFolderTree, treePin } from "./folder-tree.ts";
import { readGitAddress, type GitAddress } from "./git-address.ts";
import { IngestProblem } from "./ingest-problem.ts";
import { URI_LENGTH_MAX } from "./limits.ts";
import type { AdmitOutbound } from "./outbound.ts";
import { resolveCommit } from "./resolve-git.ts";

/** A source whose bytes are fixed. `{kind, pin, uri}` is what `Ingestion_SourcesResolved` records. */
export interface ResolvedSource {
  readonly kind: "git" | "directory" | "tar";
  /** Commit, or hash of the bytes. */
  readonly pin: string;
  /** Where it is, for people: printable ASCII of at most `URI_LENGTH_MAX` characters, without credentials. */
  readonly uri: string;
  readonly place: SourcePlace;
}

type SourcePlace =
  | { readonly kind: "git"; readonly address: GitAddress }
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "tar"; readonly path: string };

export interface ResolveOptions {
  /** Asked before a connection goes out. */
  readonly admit: AdmitOutbound;
  /** Relative paths begin here; the process's folder unless given. */
  readonly folder?: string;
  readonly bounds?: IngestBounds;
}

const DIRECTORY_PREFIX = "directory:";

/**
 * Pins a source (orchestrator design §5): `URL[#ref]`, `user@host:path[#ref]`, a path of a repository or of a tar, `directory:PATH` or a
 * path of a folder that is no repository. Rejects with `IngestProblem`.
 */
export async function resolveSource(
  source: string,
  { admit, bounds = INGEST_BOUNDS, folder = process.cwd() }: ResolveOptions,
): Promise<ResolvedSource> {
  const place = readPlace(source, folder);
  return pinned(place, await pinOfPlace(place, admit, bounds));
}

/** The source that was pinned before, without asking anybody: who fetches it finds out whether it still has that version. */
export function pinnedSource(
  source: string,
  pin: string,
  folder: string = process.cwd(),
): ResolvedSource {
  return pinned(readPlace(source, folder), pin);
}

function readPlace(source: string, folder: string): SourcePlace {
  const text = source.trim();
  if (text === "" || text.startsWith("-") || text.includes("\0"))
    throw new IngestProblem(
      "bad_source",
      `"${text.slice(0, 200)}" is no source; give the URL or the path of a git repository, a folder or a tar`,
    );
  if (text.startsWith(DIRECTORY_PREFIX))
    return { kind: "directory", path: pathOf(text.slice(DIRECTORY_PREFIX.length), folder) };
  const address = readGitAddress(text, folder);
  if (address !== undefined) return { kind: "git", address };
  const path = pathOf(text, folder);
  const found = statSync(path);
  if (found.isDirectory()) return { kind: "directory", path };
  if (found.isFile()) return { kind: "tar", path };
  throw new IngestProblem("bad_source", `${path} is neither a folder nor a file`);
}

async function pinOfPlace(
  place: SourcePlace,
  admit: AdmitOutbound,
  bounds: IngestBounds,
): Promise<string> {
  switch (place.kind) {
    case "git":
      return (await resolveCommit(place.address, admit)).commit;
    case "directory":
      return treePin(await openFolderTree(place.path, bounds));
    case "tar":
      return hashOfFile(place.path);
    default:
      return unreachable(place);
  }
}

function pinned(place: SourcePlace, pin: string): ResolvedSource {
  if (place.kind !== "git")
    return { kind: place.kind, pin, uri: shortUri(`file://${place.path}`), place };
  const { ref, remote } = place.address;
  return {
    kind: "git",
    pin,
    uri: shortUri(ref === undefined ? remote : `${remote}#${ref}`),
    place,
  };
}

function pathOf(text: string, folder: string): string {
  const path = isAbsolute(text) ? text : resolve(folder, text);
  if (!existsSync(path))
    throw new IngestProblem(
      "bad_source",
      `${path} is not there; give the URL or the path of a git repository, a folder or a tar`,
    );
  return realpathSync(path);
}

/** As it fits into a project's document: printable ASCII, the end kept where it is too long. */
export function shortUri(uri: string): string {
  const printable = [...uri]
    .map((character) => (/[!#-[\]-~]/.test(character) ? character : encodeURIComponent(character)))
    .join("");
  if (printable.length <= URI_LENGTH_MAX) return printable;
  const head = printable.slice(0, printable.indexOf("://") + "://".length);
  return `${head}...${printable.slice(printable.length - (URI_LENGTH_MAX - head.length - 3))}`;
}

export async function hashOfFile(path: string): Promise<string> {
  const digest = createHash("sha256");
  const stream: AsyncIterable<Buffer> = createReadStream(path);
  for await (const piece of stream) digest.update(piece);
  return `sha256-${digest.digest("hex")}`;
}
