import { canonicalize, type JsonObject } from "@swoosh/kernel";
import { blobHash } from "../evidence/blob-store.ts";
import type { PolicyFinding } from "../providers/shhh/policy-scan.ts";
import type { EntryMode } from "./source-tree.ts";

/** A file of a project's content. Its bytes are evidence under `hash`; those of a link are what it says. */
export interface ManifestFile {
  readonly path: string;
  readonly mode: EntryMode;
  readonly size: number;
  readonly hash: string;
  /** Secrets that were replaced in it; absent: none. */
  readonly redactions?: number;
}

/** A file whose bytes are stored nowhere, because of what is in it. */
export interface WithheldFile {
  readonly path: string;
  readonly mode: EntryMode;
  readonly size: number;
  readonly findings: readonly PolicyFinding[];
}

/** All that was ingested, in the order of paths. Its hash is the content's hash, and its canonical bytes are evidence. */
export interface Manifest {
  readonly files: readonly ManifestFile[];
  readonly withheld: readonly WithheldFile[];
  /** Folders of tools that were left out. */
  readonly skipped: readonly string[];
}

export function manifestBytes(manifest: Manifest): Uint8Array {
  return Buffer.from(canonicalize(manifestJson(manifest)));
}

export function contentHashOf(manifest: Manifest): string {
  return blobHash(manifestBytes(manifest));
}

function manifestJson({ files, skipped, withheld }: Manifest): JsonObject {
  return {
    files: files.map(({ path, mode, size, hash, redactions }) => ({
      path,
      mode,
      size,
      hash,
      ...(redactions === undefined ? {} : { redactions }),
    })),
    skipped: [...skipped],
    withheld: withheld.map(({ path, mode, size, findings }) => ({
      path,
      mode,
      size,
      findings: findings.map((finding) => ({ ...finding })),
    })),
  };
}

/** Reads a manifest that was stored here; undefined where the bytes are none. */
export function readManifest(bytes: Uint8Array): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
  return isManifest(value) ? value : undefined;
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== "object" || value === null) return false;
  return (
    "files" in value &&
    Array.isArray(value.files) &&
    "withheld" in value &&
    Array.isArray(value.withheld) &&
    "skipped" in value &&
    Array.isArray(value.skipped)
  );
}
