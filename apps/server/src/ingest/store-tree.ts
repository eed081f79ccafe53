import { createHash } from "node:crypto";
import type { BlobStore } from "../evidence/blob-store.ts";
import { judgeAll, type PolicyEngine } from "../providers/shhh/policy-engine.ts";
import { joinScans, type PolicyScan } from "../providers/shhh/policy-scan.ts";
import type { PolicyScanner } from "../providers/shhh/policy-scanner.ts";
import { checkLinks } from "./check-links.ts";
import { checkTogether, type IngestBounds } from "./check-entries.ts";
import { changed, pinOf } from "./folder-tree.ts";
import { IngestProblem } from "./ingest-problem.ts";
import { BATCH_BYTES_MAX } from "./limits.ts";
import type { Manifest, ManifestFile, WithheldFile } from "./manifest.ts";
import type { SourceTree, TreeEntry } from "./source-tree.ts";

export interface StoredTree {
  readonly manifest: Manifest;
  readonly scan: PolicyScan;
  /** Pin of the files as they were read, before anything was redacted. */
  readonly pin: string;
}

export interface StoringOptions {
  readonly blobs: BlobStore;
  readonly bounds: IngestBounds;
  readonly scanner: PolicyScanner;
  /** Asked about what the scanner lets pass. */
  readonly engine?: PolicyEngine;
}

/** What came of one content: equal keys of a tree are read, scanned and stored once. */
interface Taken {
  readonly sha256: string;
  readonly scan: PolicyScan;
  /** undefined: withheld. */
  readonly stored:
    | { readonly hash: string; readonly size: number; readonly redactions: number }
    | undefined;
}

/**
 * Reads every file of a tree, shows it to the scanner, and only then stores it. A file with a denied finding is stored nowhere; one with
 * secrets to redact is stored without them, where that leaves none. Everything stored is durable when this resolves.
 */
export async function storeTree(tree: SourceTree, options: StoringOptions): Promise<StoredTree> {
  checkTogether(tree.entries);
  const { scanner } = options;
  const storing = new Storing(tree, options);
  await storing.checkLinks();
  const files: ManifestFile[] = [];
  const withheld: WithheldFile[] = [];
  const scans: PolicyScan[] = [];
  const pinned: { mode: string; path: string; sha256: string }[] = [];
  for (const entry of tree.entries) {
    const { scan, sha256, stored } = await storing.take(entry);
    const { mode, path } = entry;
    pinned.push({ mode, path, sha256 });
    scans.push(scan);
    if (stored === undefined)
      withheld.push({ path, mode, size: entry.size, findings: scan.findings });
    else {
      const { hash, redactions, size } = stored;
      files.push({ path, mode, size, hash, ...(redactions === 0 ? {} : { redactions }) });
    }
  }
  await storing.flush();
  return {
    manifest: { files, withheld, skipped: tree.skipped },
    scan: joinScans(scanner.rules.version, scans),
    pin: pinOf(pinned),
  };
}

class Storing {
  readonly #tree: SourceTree;
  readonly #scanner: PolicyScanner;
  readonly #blobs: BlobStore;
  readonly #engine: PolicyEngine | undefined;
  readonly #bufferedBytesMax: number;
  readonly #taken = new Map<string, Taken>();
  #batch: Uint8Array[] = [];
  #batchBytes = 0;

  constructor(tree: SourceTree, { blobs, bounds, engine, scanner }: StoringOptions) {
    this.#tree = tree;
    this.#engine = engine;
    this.#scanner = scanner;
    this.#blobs = blobs;
    this.#bufferedBytesMax = bounds.bufferedBytesMax;
  }

  async checkLinks(): Promise<void> {
    const links = new Map<string, string>();
    for (const entry of this.#tree.entries)
      if (entry.mode === "120000")
        links.set(entry.path, Buffer.from(await this.#bytes(entry)).toString("utf8"));
    checkLinks(links);
  }

  /** Findings name the first path that has the content; other paths with the same bytes are told under their own. */
  async take(entry: TreeEntry): Promise<Taken> {
    const known = this.#taken.get(entry.key);
    if (known !== undefined && known.scan.count === 0) return known;
    const taken =
      entry.size <= this.#bufferedBytesMax
        ? await this.#takeSmall(entry)
        : await this.#takeLarge(entry);
    this.#taken.set(entry.key, taken);
    return taken;
  }

  async flush(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    if (batch.length > 0) await this.#blobs.saveAll(batch);
  }

  async #takeSmall(entry: TreeEntry): Promise<Taken> {
    const bytes = await this.#bytes(entry);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const scan = this.#scanner.scanBytes(bytes, entry.path);
    if (scan.verdict === "deny") return { sha256, scan, stored: undefined };
    if (scan.verdict === "allow") return this.#ifAllowed({ sha256, scan }, bytes, entry.path);
    const redacted = this.#scanner.redactBytes(bytes);
    const isClean = this.#scanner.scanBytes(redacted, entry.path).verdict === "allow";
    if (!isClean) return { sha256, scan, stored: undefined };
    return this.#ifAllowed({ sha256, scan }, redacted, entry.path);
  }

  /** Stored, where the engine outside allows it too; what the scanner denies never gets there. */
  async #ifAllowed(
    { scan, sha256 }: Pick<Taken, "scan" | "sha256">,
    bytes: Uint8Array,
    place: string,
  ): Promise<Taken> {
    const judged = await this.#judged([bytes], place, scan);
    if (judged.verdict === "deny") return { sha256, scan: judged, stored: undefined };
    const redactions = scan.findings.filter(({ verdict }) => verdict === "redact").length;
    return { sha256, scan: judged, stored: await this.#store(bytes, redactions) };
  }

  async #judged(
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    place: string,
    scan: PolicyScan,
  ): Promise<PolicyScan> {
    if (this.#engine === undefined) return scan;
    const judged = await judgeAll(this.#engine, chunks, place);
    return joinScans(scan.policyVersion, [scan, judged]);
  }

  /** Read twice: what is scanned is not stored yet, and must not lie on the store's disk before it is known to be clean. */
  async #takeLarge(entry: TreeEntry): Promise<Taken> {
    const digest = createHash("sha256");
    const read = this.#tree.read(entry);
    async function* digested(): AsyncGenerator<Uint8Array> {
      for await (const piece of read) {
        digest.update(piece);
        yield piece;
      }
    }
    const scanned = await this.#scanner.scanStream(digested(), entry.path);
    const sha256 = digest.digest("hex");
    if (scanned.verdict !== "allow") return { sha256, scan: scanned, stored: undefined };
    const scan = await this.#judged(this.#tree.read(entry), entry.path, scanned);
    if (scan.verdict !== "allow") return { sha256, scan, stored: undefined };
    const upload = await this.#blobs.upload();
    try {
      for await (const piece of this.#tree.read(entry)) await upload.write(piece);
      if (upload.sha256() !== sha256) throw changed(entry.path);
      const hash = await this.#blobs.keep(upload);
      return { sha256, scan, stored: { hash, size: entry.size, redactions: 0 } };
    } catch (error) {
      await upload.drop();
      throw error;
    }
  }

  async #bytes(entry: TreeEntry): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.#tree.read(entry)) pieces.push(piece);
    const bytes =
      pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    if (bytes.length !== entry.size)
      throw new IngestProblem(
        "moved_source",
        `${entry.path} has ${bytes.length} bytes; ${entry.size} were listed. It changed while it was read`,
      );
    return bytes;
  }

  async #store(bytes: Uint8Array, redactions: number): Promise<Taken["stored"]> {
    this.#batch.push(bytes);
    this.#batchBytes += bytes.length;
    const hash = `sha256-${createHash("sha256").update(bytes).digest("hex")}`;
    if (this.#batchBytes >= BATCH_BYTES_MAX) await this.flush();
    return { hash, size: bytes.length, redactions };
  }
}
