import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { canonicalize } from "@swoosh/kernel";
import { blobHash, type BlobStore } from "../evidence/blob-store.ts";
import type { Ingester } from "./ingester.ts";

const LEFT_OUT = new Set([".git", "node_modules", ".swoosh"]);

/** Takes a directory as it stands, without a scanner: for tests of what comes after ingestion. */
export function createFolderIngester(blobs: BlobStore): Ingester {
  return {
    async resolve(source) {
      const folder = resolve(source);
      return [{ kind: "directory", pin: blobHash(Buffer.from(folder)), uri: folder }];
    },
    async fetch([source]) {
      const folder = source?.uri ?? "";
      const files = filesOf(folder).map((path) => {
        const bytes = readFileSync(path);
        const isProgram = (statSync(path).mode & 0o100) !== 0;
        return {
          hash: blobs.save(bytes),
          mode: isProgram ? "100755" : "100644",
          path: relative(folder, path),
          size: bytes.length,
        };
      });
      const manifest = Buffer.from(canonicalize({ files }));
      return {
        bytes: files.reduce((sum, { size }) => sum + size, 0),
        contentHash: blobs.save(manifest),
        files: files.length,
        verdict: { findings: 0, policyVersion: 1, rationale: "", verdict: "allow" },
      };
    },
    async index(contentHash, version) {
      return blobs.save(Buffer.from(canonicalize({ contentHash, version })));
    },
  };
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      if (LEFT_OUT.has(entry.name)) return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesOf(path);
      return entry.isFile() ? [path] : [];
    });
}
