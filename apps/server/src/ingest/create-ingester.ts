import type { BlobStore } from "../evidence/blob-store.ts";
import { rationaleOf, scanEvidence } from "../providers/shhh/policy-evidence.ts";
import type { PolicyVerdict } from "../providers/shhh/policy-scan.ts";
import type { PolicyEngine } from "../providers/shhh/policy-engine.ts";
import type { PolicyScanner } from "../providers/shhh/policy-scanner.ts";
import { fetchSource } from "./fetch-source.ts";
import { IngestProblem } from "./ingest-problem.ts";
import { readManifest } from "./manifest.ts";
import type { AdmitOutbound } from "./outbound.ts";
import { pinnedSource, resolveSource } from "./resolve-source.ts";
import { buildIndex } from "./search-index.ts";

/** What `Ingestion_SourcesResolved` records of a source. */
export interface SourcePin {
  readonly kind: "git" | "directory" | "tar" | "issue";
  readonly pin: string;
  readonly uri: string;
}

export interface IngestedContent {
  readonly bytes: number;
  readonly contentHash: string;
  readonly files: number;
  /** What the policy says of it; `evidence` is stored. */
  readonly verdict: {
    readonly evidence: string;
    readonly findings: number;
    readonly policyVersion: number;
    readonly rationale: string;
    readonly verdict: PolicyVerdict;
  };
}

/** The work of the region Ingestion. Every call may be made again: equal inputs give equal results. Rejects with `IngestProblem`. */
export interface Ingester {
  /** Pins what a person named. */
  resolve(source: string): Promise<readonly SourcePin[]>;
  /** Fetches, scans and stores it under its pin. */
  fetch(source: string, pins: readonly SourcePin[]): Promise<IngestedContent>;
  /** Builds the full-text index of a content; gives its hash. */
  index(contentHash: string): Promise<string>;
}

export interface IngesterOptions {
  readonly admit: AdmitOutbound;
  readonly blobs: BlobStore;
  readonly scanner: PolicyScanner;
  readonly engine?: PolicyEngine;
  /** Where indexes are kept. */
  readonly indexFolder: string;
  /** Relative paths begin here. */
  readonly folder?: string;
  readonly temporary?: string;
}

export function createIngester(options: IngesterOptions): Ingester {
  const { admit, blobs, indexFolder, scanner } = options;
  const engine = options.engine === undefined ? {} : { engine: options.engine };
  const folder = options.folder ?? process.cwd();
  return {
    async resolve(source) {
      const { kind, pin, uri } = await resolveSource(source, { admit, folder });
      return [{ kind, pin, uri }];
    },
    async fetch(source, pins) {
      const [first] = pins;
      if (first === undefined)
        throw new IngestProblem("bad_source", "no source is pinned; resolve it first");
      const place = pinnedSource(source, first.pin, folder);
      const temporary = options.temporary === undefined ? {} : { temporary: options.temporary };
      const content = await fetchSource(place, { admit, blobs, scanner, ...engine, ...temporary });
      const { bytes, contentHash, files, scan } = content;
      const [evidence = ""] = await blobs.saveAll([scanEvidence(scan)]);
      const { count, policyVersion, verdict } = scan;
      return {
        bytes,
        contentHash,
        files,
        verdict: {
          evidence,
          findings: count,
          policyVersion,
          rationale: rationaleOf(scan),
          verdict,
        },
      };
    },
    async index(contentHash) {
      const bytes = blobs.read(contentHash);
      const manifest = bytes === undefined ? undefined : readManifest(bytes);
      if (manifest === undefined)
        throw new IngestProblem(
          "bad_source",
          `no manifest is stored under ${contentHash}; fetch the source again`,
        );
      return (await buildIndex({ contentHash, manifest, blobs, folder: indexFolder })).indexHash;
    },
  };
}
