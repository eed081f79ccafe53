import { hashedNgrams, type Embedder } from "@swoosh/mesh";
import process from "node:process";
import { ollamaEmbedder, openaiEmbedder } from "./http-embedder.ts";

export const EMBEDDERS = ["ngrams", "ollama", "openai"] as const;
export type EmbedderName = (typeof EMBEDDERS)[number];

export interface EmbedderFlags {
  readonly embedder: EmbedderName;
  readonly embedderUrl?: string;
  readonly embedderModel?: string;
}

/** A model on a slow machine takes a while for 32 long texts. */
const TIMEOUT_MS = 60_000;

/** The embedder that the options name. The key for a server that wants one comes from the environment alone. */
export function chooseEmbedder(flags: EmbedderFlags): Embedder {
  const key = process.env["SWOOSH_EMBEDDER_KEY"];
  const shared = { timeoutMs: TIMEOUT_MS, ...(key === undefined || key === "" ? {} : { key }) };
  switch (flags.embedder) {
    case "ngrams":
      return hashedNgrams();
    case "ollama":
      return ollamaEmbedder({
        ...shared,
        url: flags.embedderUrl ?? "http://127.0.0.1:11434",
        model: flags.embedderModel ?? "nomic-embed-text",
      });
    case "openai":
      return openaiEmbedder({
        ...shared,
        url: flags.embedderUrl ?? "https://api.openai.com",
        model: flags.embedderModel ?? "text-embedding-3-small",
      });
  }
}
