import { hashedNgrams, type Embedder } from "@swoosh/mesh";
import { EMBEDDER_URLS } from "./embedder-address.ts";
import { ollamaEmbedder, openaiEmbedder } from "./http-embedder.ts";

export const EMBEDDERS = ["ngrams", "ollama", "openai"] as const;
export type EmbedderName = (typeof EMBEDDERS)[number];

export interface EmbedderFlags {
  readonly embedder: EmbedderName;
  readonly embedderUrl?: string;
  readonly embedderModel?: string;
}

/** The embedder that the options name. `key`: for a server that wants one; never printed. */
export function chooseEmbedder(
  flags: EmbedderFlags,
  { key, timeoutMs }: { readonly key?: string; readonly timeoutMs: number },
): Embedder {
  const shared = { timeoutMs, ...(key === undefined || key === "" ? {} : { key }) };
  switch (flags.embedder) {
    case "ngrams":
      return hashedNgrams();
    case "ollama":
      return ollamaEmbedder({
        ...shared,
        url: flags.embedderUrl ?? EMBEDDER_URLS.ollama,
        model: flags.embedderModel ?? "nomic-embed-text",
      });
    case "openai":
      return openaiEmbedder({
        ...shared,
        url: flags.embedderUrl ?? EMBEDDER_URLS.openai,
        model: flags.embedderModel ?? "text-embedding-3-small",
      });
  }
}
