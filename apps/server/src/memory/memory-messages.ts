import type { FoundMemories, KeptMemory, WireCode } from "@swoosh/protocol";
import type { EmbedderFlags } from "./choose-embedder.ts";

/** What the thread is told at its start. */
export interface MemoryWorkerData {
  /** The data folder: messages name files from there on. */
  readonly data: string;
  readonly embedder: EmbedderFlags;
  readonly key?: string;
  /** Of one request to the embedder. */
  readonly timeoutMs: number;
}

export type MemoryWish =
  | { readonly kind: "remember"; readonly text: string; readonly source: string }
  | { readonly kind: "recall"; readonly query: string; readonly limit: number };

export interface MemoryQuestion {
  readonly number: number;
  /** Folder of the memories. */
  readonly path: string;
  readonly what: MemoryWish;
}

/** What a caller is told of a failure. `defect`: it is ours, and more of it is for the log alone. */
export interface MemoryNo {
  readonly code: WireCode;
  readonly detail: string;
  readonly afterMs?: number;
  readonly defect?: string;
}

export type MemoryAnswer = { readonly number: number } & (
  | { readonly kind: "kept"; readonly items: readonly KeptMemory[] }
  | { readonly kind: "found"; readonly found: FoundMemories }
  | ({ readonly kind: "refused" } & MemoryNo)
);
