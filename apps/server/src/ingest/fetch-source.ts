import { EvidenceRedacted, type BlobStore } from "../evidence/blob-store.ts";
import type { PolicyEngine } from "../providers/shhh/policy-engine.ts";
import type { PolicyScan } from "../providers/shhh/policy-scan.ts";
import type { PolicyScanner } from "../providers/shhh/policy-scanner.ts";
import { INGEST_BOUNDS, type IngestBounds } from "./check-entries.ts";
import { openFolderTree } from "./folder-tree.ts";
import { openGitTree } from "./git-tree.ts";
import { IngestProblem } from "./ingest-problem.ts";
import { manifestBytes, type Manifest } from "./manifest.ts";
import type { AdmitOutbound } from "./outbound.ts";
import { hashOfFile, type ResolvedSource } from "./resolve-source.ts";
import type { SourceTree } from "./source-tree.ts";
import { storeTree, type StoredTree } from "./store-tree.ts";
import { openTarTree } from "./tar-tree.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface FetchOptions {
  readonly admit: AdmitOutbound;
  readonly blobs: BlobStore;
  readonly scanner: PolicyScanner;
  /** Asked about what the scanner lets pass. */
  readonly engine?: PolicyEngine;
  readonly bounds?: IngestBounds;
  /** Where temporary folders are made: outside of the data folder. The system's unless given. */
  readonly temporary?: string;
}

/** What is known of a source once it is fetched. `{bytes, content_hash, files}` is what `Ingestion_BytesOk` records. */
export interface FetchedContent {
  /** Hash of the manifest; its bytes are stored under it. */
  readonly contentHash: string;
  readonly manifest: Manifest;
  readonly files: number;
  readonly bytes: number;
  readonly scan: PolicyScan;
}

/**
 * Fetches a source under its pin into the store: scanned first, clean files by content, the manifest last. Temporary folders are gone in
 * every outcome. Rejects with `IngestProblem`; what was stored until then is content that nothing refers to.
 */
export async function fetchSource(
  source: ResolvedSource,
  options: FetchOptions,
): Promise<FetchedContent> {
  const tree = await openTree(source, options);
  let stored: StoredTree;
  try {
    stored = await storeTree(tree, { bounds: INGEST_BOUNDS, ...options });
  } catch (error) {
    if (!(error instanceof EvidenceRedacted)) throw error;
    throw new IngestProblem("bad_source", `a file of the source ${error.message}`, {
      cause: error,
    });
  } finally {
    await tree.close();
  }
  if (source.kind === "directory" && stored.pin !== source.pin)
    throw new IngestProblem(
      "moved_source",
      `the folder ${source.uri} is no longer what was pinned; resolve it again, and let nobody write to it meanwhile`,
    );
  const { manifest, scan } = stored;
  const [contentHash = ""] = await options.blobs.saveAll([manifestBytes(manifest)]);
  const bytes = manifest.files.reduce((sum, { size }) => sum + size, 0);
  return { contentHash, manifest, files: manifest.files.length, bytes, scan };
}

async function openTree(source: ResolvedSource, options: FetchOptions): Promise<SourceTree> {
  const { admit, bounds = INGEST_BOUNDS } = options;
  const { place } = source;
  if (place.kind === "directory") return openFolderTree(place.path, bounds);
  const folder = await temporaryFolder(options.temporary);
  try {
    if (place.kind === "git")
      return await openGitTree({
        address: place.address,
        commit: source.pin,
        folder,
        bounds,
        admit,
      });
    await checkPin(place.path, source.pin);
    return await openTarTree(place.path, folder, bounds);
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function checkPin(path: string, pin: string): Promise<void> {
  if ((await hashOfFile(path)) !== pin)
    throw new IngestProblem(
      "moved_source",
      `${path} is no longer what was pinned; resolve it again`,
    );
}
