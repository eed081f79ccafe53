import type { EmbedderFlags } from "./choose-embedder.ts";

/** Where an embedder is asked unless a setting says so. Without the mesh, which the thread of memories loads alone. */
export const EMBEDDER_URLS = {
  ollama: "http://127.0.0.1:11434",
  openai: "https://api.openai.com",
} as const;

/** Whom memories need; undefined: nobody, the embedder is built in. */
export function embedderAddress({ embedder, embedderUrl }: EmbedderFlags): URL | undefined {
  return embedder === "ngrams" ? undefined : new URL(embedderUrl ?? EMBEDDER_URLS[embedder]);
}
