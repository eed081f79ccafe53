import type { Log } from "../up/log.ts";
import { embedderAddress } from "./embedder-address.ts";
import type { MemorySettings } from "./memory-thread.ts";

/** ms that it gets to answer. */
const ANSWER_MS_MAX = 3_000;
/** The list of its models: asks for the same leave as vectors do, and costs nothing. */
const LISTS = { ngrams: "", ollama: "/api/tags", openai: "/v1/models" } as const;

/**
 * Says at a start, in one line, where the embedder over HTTP cannot be reached or refuses the key that it is shown. It holds
 * nothing up: memories are refused until it is there, and everything else goes on.
 */
export async function tellEmbedder({ embedder, key }: MemorySettings, log: Log): Promise<void> {
  const url = embedderAddress(embedder);
  if (url === undefined) return;
  const say = (what: string): void => log("warn", `embedder-url: ${url.host} ${what}`);
  try {
    const { body, status } = await fetch(new URL(LISTS[embedder.embedder], url), {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    await body?.cancel();
    if (status !== 401 && status !== 403) return;
    say(
      key === undefined
        ? `wants a key (${status}); set embedder-key`
        : `refuses embedder-key (${status}); no text is remembered until it takes one`,
    );
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    say(`cannot be reached: ${why}; no text is remembered until it can`);
  }
}
