import { existsSync, realpathSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { IngestProblem } from "./ingest-problem.ts";

/** Where git fetches from, and which of its references is wanted. */
export interface GitAddress {
  /** What git is given: a URL, or `user@host:path`. */
  readonly remote: string;
  /** Parsed, where a connection goes out to its host; undefined for folders of this machine. */
  readonly outbound: URL | undefined;
  /** Folder of this machine that holds the repository; undefined for all others. */
  readonly path: string | undefined;
  /** Branch, tag or full commit; undefined: what `HEAD` of the remote names. */
  readonly ref: string | undefined;
}

const SCHEMES = new Set(["https:", "http:", "ssh:", "git:", "file:"]);
const SCP_FORM = /^(?<user>[\w.-]+)@(?<host>[\w.-]+):(?<path>[^:].*)$/;
const REF = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;

/** Reads `URL[#ref]`, `user@host:path[#ref]` or a path of a repository; undefined where it is none of these. */
export function readGitAddress(text: string, folder: string): GitAddress | undefined {
  const [address, ref] = splitRef(text);
  const scp = SCP_FORM.exec(address);
  if (scp?.groups !== undefined && !address.includes("://")) {
    const { host, path, user } = scp.groups;
    const outbound = mustParse(`ssh://${user}@${host}/${path}`, address);
    return { remote: address, outbound, path: undefined, ref };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(address)) return readUrl(address, ref);
  const path = isAbsolute(address) ? address : resolve(folder, address);
  if (!isRepository(path)) return undefined;
  return localAddress(path, ref);
}

function readUrl(address: string, ref: string | undefined): GitAddress {
  const url = mustParse(address, address);
  if (!SCHEMES.has(url.protocol))
    throw new IngestProblem(
      "bad_source",
      `the scheme ${url.protocol} is not fetched; use https, http, ssh, git or file`,
    );
  const holdsSecret = url.password !== "" || (url.username !== "" && url.protocol !== "ssh:");
  if (holdsSecret)
    throw new IngestProblem(
      "bad_source",
      `the URL of ${url.host} holds credentials, which would be stored; take them out and use ssh with an agent`,
    );
  if (url.protocol !== "file:") return { remote: url.href, outbound: url, path: undefined, ref };
  const path = fileURLToPath(url);
  if (!isRepository(path))
    throw new IngestProblem("bad_source", `${path} is no repository, or is not there`);
  return localAddress(path, ref);
}

function localAddress(path: string, ref: string | undefined): GitAddress {
  const real = realpathSync(path);
  return { remote: pathToFileURL(real).href, outbound: undefined, path: real, ref };
}

function mustParse(text: string, shown: string): URL {
  const url = URL.parse(text);
  if (url === null)
    throw new IngestProblem("bad_source", `"${shown.slice(0, 200)}" is no URL that can be read`);
  return url;
}

function splitRef(text: string): readonly [address: string, ref: string | undefined] {
  const at = text.lastIndexOf("#");
  if (at === -1) return [text, undefined];
  const ref = text.slice(at + 1);
  if (!REF.test(ref) || ref.includes("..") || ref.endsWith("/") || ref.endsWith(".lock"))
    throw new IngestProblem(
      "bad_source",
      `"${ref.slice(0, 100)}" behind the # is no branch, tag or commit`,
    );
  return [text.slice(0, at), ref];
}

/** A folder with `.git` in it, or a bare repository. */
export function isRepository(path: string): boolean {
  if (existsSync(join(path, ".git"))) return true;
  return existsSync(join(path, "HEAD")) && existsSync(join(path, "objects"));
}
