import { EmbedQueue, MeshError, quantise, type Embedder } from "@swoosh/mesh";
import { setTimeout as wait } from "node:timers/promises";
import { EMBED_MS_MAX, EMBED_WAITING_MAX } from "./limits.ts";
import type { TextEmbedder } from "./memory-keeper.ts";

/**
 * An embedder as the server asks it: what is built in at once, any other through one bounded queue, and never longer than
 * `EMBED_MS_MAX`. Texts whose question was given up are embedded nevertheless, within the queue's bound.
 */
export function queuedEmbedder(embedder: Embedder): TextEmbedder {
  const { kind, modelHash } = embedder;
  if (kind === "lexical")
    return {
      kind,
      modelHash,
      embed: async (texts) => (await embedder.embed(texts)).map(quantise),
    };
  const queue = new EmbedQueue({
    embedder,
    waitMs: async (ms) => wait(ms),
    waitingMax: EMBED_WAITING_MAX,
  });
  return {
    kind,
    modelHash,
    embed: (texts) =>
      within(Promise.all(texts.map(async (text) => queue.embed(text))), embedder.name),
  };
}

async function within<Value>(work: Promise<Value>, name: string): Promise<Value> {
  const given = new AbortController();
  const late = wait(EMBED_MS_MAX, undefined, { signal: given.signal }).then(() => {
    throw new MeshError("embedder_failed", `${name}: no vector within ${EMBED_MS_MAX} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => {});
    given.abort();
  }
}
