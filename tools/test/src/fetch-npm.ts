import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { basename, delimiter, join } from "node:path";
import process from "node:process";
import { REPOSITORY } from "./repository.ts";

/** One package of a registry, pinned to its bytes. */
export interface FetchedPackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-<base64>` of the tarball, as `npm view NAME@VERSION dist.integrity` prints it. */
  readonly integrity: string;
}

/** How the tarball comes into a folder; a test hands in its own. Gives the path of the tarball. */
export type Pack = (wanted: FetchedPackage, into: string) => string;

const CACHE = join(REPOSITORY, ".cache", "npm");

/**
 * Folder with the unpacked package (what npm calls `package/`), fetched into `.cache/npm/` on the first call.
 * Several processes may ask at once: the folder appears whole, by one rename, after its integrity was checked.
 * Throws when the package cannot be fetched or its bytes are not the pinned ones.
 */
export function fetchNpm(
  wanted: FetchedPackage,
  cache: string = CACHE,
  pack: Pack = npmPack,
): string {
  const slug = `${wanted.name.replaceAll("/", "+")}@${wanted.version}-${shortHash(wanted.integrity)}`;
  const folder = join(cache, slug);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const workshop = mkdtempSync(join(cache, "fetching-"));
  try {
    const tarball = pack(wanted, workshop);
    verifyIntegrity(wanted, readFileSync(tarball));
    execFileSync("tar", ["-xzf", tarball, "-C", workshop], { stdio: ["ignore", "ignore", "pipe"] });
    publish(unpackedFolder(workshop, basename(tarball)), folder);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
  return folder;
}

function npmPack(wanted: FetchedPackage, into: string): string {
  const spec = `${wanted.name}@${wanted.version}`;
  const argv = ["pack", spec, "--loglevel=error", "--ignore-scripts", "--pack-destination", into];
  const run = spawnSync("npm", argv, { cwd: into, env: machinesOwn(), encoding: "utf8" });
  const said = run.error?.message ?? (run.status === 0 ? null : run.stderr.trim());
  if (said !== null) {
    throw new Error(
      `cannot fetch ${spec} with npm pack; check that the npm registry can be reached (npm ping), then run again. npm says: ${said}`,
    );
  }
  const tarball = readdirSync(into).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`npm pack ${spec} left no .tgz in ${into}`);
  return join(into, tarball);
}

/**
 * npm must run on the Node that it was installed with, as it does for `npm ci`: that one trusts the certificates of the
 * machine (Debian's does), the packaged one only those that it was built with.
 */
function machinesOwn(): NodeJS.ProcessEnv {
  const path = (process.env["PATH"] ?? "").split(delimiter);
  const own = path.filter((folder) => !folder.endsWith(join("node_modules", ".bin")));
  return { ...process.env, PATH: own.join(delimiter) };
}

function verifyIntegrity(wanted: FetchedPackage, bytes: Uint8Array): void {
  const found = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  if (found === wanted.integrity) return;
  throw new Error(
    `${wanted.name}@${wanted.version} has integrity ${found} but ${wanted.integrity} is pinned; ` +
      "the registry serves other bytes than those we looked at: do not use them, find out why",
  );
}

/** npm's own tarballs unpack to `package`, some old ones to another single folder. */
function unpackedFolder(workshop: string, tarball: string): string {
  const inside = readdirSync(workshop).filter((name) => name !== tarball);
  const only = inside[0];
  if (only === undefined || inside.length > 1) {
    throw new Error(
      `${tarball} unpacks to ${inside.length} folders instead of one: ${inside.join(", ")}`,
    );
  }
  return join(workshop, only);
}

function publish(from: string, folder: string): void {
  try {
    renameSync(from, folder);
  } catch (error) {
    // Another process was quicker; its bytes passed the same check.
    if (!existsSync(folder)) throw error;
  }
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
