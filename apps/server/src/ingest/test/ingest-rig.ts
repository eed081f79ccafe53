import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BlobStore } from "../../evidence/blob-store.ts";
import { PolicyScanner } from "../../providers/shhh/policy-scanner.ts";
import { saltedHash } from "../../providers/shhh/salted-hash.ts";
import { SHIPPED_RULES } from "../../providers/shhh/shipped-rules.ts";
import { INGEST_BOUNDS, type IngestBounds } from "../check-entries.ts";
import { fetchSource, type FetchedContent } from "../fetch-source.ts";
import { IngestProblem } from "../ingest-problem.ts";
import type { AdmitOutbound } from "../outbound.ts";
import { resolveSource, type ResolvedSource } from "../resolve-source.ts";

/** A secret that is in no file of this repository as a whole. */
export const PLANTED = ["gh", "p_", "a1B2c3D4e5F6".repeat(3)].join("");

/** A store, a folder for sources and one for what is temporary, of which nothing may be left. */
export class IngestRig {
  readonly folder = mkdtempSync(join(tmpdir(), "swoosh-ingest-test-"));
  readonly temporary = join(this.folder, "temporary");
  readonly blobs = new BlobStore(join(this.folder, "blobs"));
  readonly scanner = new PolicyScanner(SHIPPED_RULES, saltedHash(new Uint8Array(32)));
  readonly asked: string[] = [];
  readonly admit: AdmitOutbound = async (url) => {
    this.asked.push(url.host);
    return { addresses: [] };
  };

  constructor() {
    mkdirSync(this.temporary);
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, bytes: string | Uint8Array): string {
    const path = this.path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  }

  /** A repository out of a stream of `git fast-import`. */
  repository(name: string, stream: string | Buffer): string {
    const path = this.path(name);
    this.git(["init", "--quiet", "--initial-branch=main", path]);
    this.git(["-C", path, "fast-import", "--quiet", "--force"], stream);
    return path;
  }

  git(argv: readonly string[], input?: string | Buffer): string {
    const env = { PATH: process.env["PATH"] ?? "", HOME: this.folder, GIT_CONFIG_NOSYSTEM: "1" };
    return execFileSync("git", argv, {
      env,
      encoding: "utf8",
      ...(input === undefined ? {} : { input }),
    }).trim();
  }

  resolve(source: string, bounds: IngestBounds = INGEST_BOUNDS): Promise<ResolvedSource> {
    return resolveSource(source, { admit: this.admit, folder: this.folder, bounds });
  }

  fetch(source: ResolvedSource, bounds: IngestBounds = INGEST_BOUNDS): Promise<FetchedContent> {
    const { admit, blobs, scanner, temporary } = this;
    return fetchSource(source, { admit, blobs, scanner, temporary, bounds });
  }

  async ingest(source: string, bounds: IngestBounds = INGEST_BOUNDS): Promise<FetchedContent> {
    return this.fetch(await this.resolve(source, bounds), bounds);
  }

  /** Code and message of the refusal; what came instead otherwise. */
  async refusalOf(
    source: string,
    bounds?: IngestBounds,
  ): Promise<readonly [code: string, message: string]> {
    try {
      const { files } = await this.ingest(source, bounds);
      return ["ingested", `${files} files`];
    } catch (error) {
      if (!(error instanceof IngestProblem)) throw error;
      return [error.code, error.message];
    }
  }

  /** Files below the store that have these bytes anywhere. */
  storedWith(secret: string): readonly string[] {
    return readdirSync(join(this.folder, "blobs"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path).includes(secret));
  }

  /** Throws where a temporary folder was left behind, in whatever outcome. */
  end(): void {
    const leftovers = readdirSync(this.temporary);
    rmSync(this.folder, { recursive: true, force: true });
    if (leftovers.length > 0) throw new Error(`left behind: ${leftovers.join(", ")}`);
  }
}

/** One commit on `main` for `git fast-import`: mode, path and bytes of each file. */
export function commitOf(
  files: readonly (readonly [mode: string, path: string, bytes: string])[],
  { mark = 1, branch = "main" }: { readonly mark?: number; readonly branch?: string } = {},
): string {
  const head = `commit refs/heads/${branch}\nmark :${mark}\ncommitter A <a@example.org> 17000000${mark} +0000\ndata 1\nm\n`;
  const changes = files.map(([mode, path, bytes]) => {
    const quoted = `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
    if (mode === "160000") return `M 160000 ${bytes} ${quoted}\n`;
    return `M ${mode} inline ${quoted}\ndata ${Buffer.byteLength(bytes)}\n${bytes}\n`;
  });
  return `${head}${changes.join("")}\n`;
}
