import type { JsonObject } from "@swoosh/kernel";
import { nodeHasher } from "@swoosh/kernel/testing";

interface Remembered {
  readonly hash: string;
  readonly owner: string;
  readonly source: string;
  readonly text: string;
}

/** Memories without a mesh: as like to a query as they share words with it, which is enough for a client. */
export class FakeMemories {
  readonly #memories = new Map<string, Remembered>();

  /** The answer to `POST /memories`. */
  remember(owner: string, body: string): JsonObject {
    const { source = "", text } = JSON.parse(body);
    const hash = `sha256-${Buffer.from(nodeHasher.sha256(text)).toString("hex")}`;
    this.#memories.set(`${owner} ${hash}`, { hash, owner, source, text });
    return { items: [{ cell: 7, hash, hops: 3 }] };
  }

  /** The answer to `GET /memories`. */
  recall(owner: string, query: string, limit: number): JsonObject {
    const words = query.split(" ");
    const items = [...this.#memories.values()]
      .filter((one) => one.owner === owner)
      .map(({ hash, source, text }) => ({
        cell: 7,
        hash,
        hops: 2,
        likeness_permille: permille(words, text.split(" ")),
        source,
        text,
        tier: 2,
      }))
      .sort((one, other) => other.likeness_permille - one.likeness_permille)
      .slice(0, limit);
    return { items, likeness_of: "words", next: null };
  }
}

function permille(words: readonly string[], among: readonly string[]): number {
  const shared = words.filter((word) => among.includes(word)).length;
  return Math.floor((1_000 * shared) / words.length);
}
