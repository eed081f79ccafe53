import type { JsonObject } from "@swoosh/kernel";

/** A source with what pins it: `project.yaml`, `ingestion.sources`. */
export interface PinnedSource {
  readonly kind: "git" | "directory" | "tar" | "issue";
  readonly pin: string;
  readonly uri: string;
}

export interface FetchedContent {
  readonly bytes: number;
  /** Of the manifest, which is stored under it. */
  readonly contentHash: string;
  readonly files: number;
  readonly verdict: ContentVerdict;
}

/** What the scanner says of the content. */
export interface ContentVerdict {
  /** Hash of the stored findings; none where there are none. */
  readonly evidence?: string;
  readonly findings: number;
  readonly policyVersion: number;
  /** In words, for a quarantine. */
  readonly rationale: string;
  readonly verdict: "allow" | "redact" | "deny";
}

/** What ingestion needs of the world. Rejections say what was wrong and what to do; they are tried again. */
export interface Ingester {
  resolve(source: string): Promise<readonly PinnedSource[]>;
  fetch(sources: readonly PinnedSource[]): Promise<FetchedContent>;
  /** Hash of an index of exactly this content. */
  index(contentHash: string, version: number): Promise<string>;
}

/** What a project was begun with: evidence under `boot.config_hash`. */
export interface ProjectConfig extends JsonObject {
  readonly source: string;
}
