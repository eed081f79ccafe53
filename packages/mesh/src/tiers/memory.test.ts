import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { HASHED_NGRAMS_MODEL, embedHashedNgrams } from "../embed/hashed-ngrams.ts";
import { createDraws } from "../seeded-draws.ts";
import { cosine, quantise } from "../shards/vector-key.ts";
import { decodeItem, encodeItem, type MemoryItem } from "./memory-item.ts";
import { Memory, type LongTermStore } from "./memory.ts";
import { passagesOf } from "./passages.ts";
import { mostUsed, NO_USAGE, scoreAt, usedAt } from "./usage.ts";

const hasher = {
  sha256: (data: string | Uint8Array) => new Uint8Array(createHash("sha256").update(data).digest()),
  utf8: (text: string) => new TextEncoder().encode(text),
};
const MODEL = HASHED_NGRAMS_MODEL;

function itemOf(text: string): MemoryItem {
  return { kind: "text", model: MODEL, key: quantise(embedHashedNgrams(text)), text, source: "" };
}

function createStore(): LongTermStore & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    put: (hash, text) => void texts.set(hash, text),
    get: (hash) => texts.get(hash),
    list: () => [...texts.keys()].sort((a, b) => (a < b ? -1 : 1)),
  };
}

const WORDS =
  "amber birch cedar delta ember fjord glade heron inlet jetty knoll larch maple nadir onyx pearl quartz raven slate tulip umber vetch willow xenon yarrow zephyr".split(
    " ",
  );

function sentences(count: number): readonly string[] {
  const draws = createDraws(11);
  return Array.from({ length: count }, (_, index) =>
    [
      `note${index}`,
      ...Array.from({ length: 8 }, () => WORDS[draws.below(WORDS.length)] ?? ""),
    ].join(" "),
  );
}

describe("memory", () => {
  it("finds what was put in, by its own words and by some of them", () => {
    const memory = new Memory({ hasher, store: createStore() });
    const texts = sentences(100);
    for (const text of texts) memory.remember(itemOf(text));
    for (const text of texts) {
      expect(memory.recall(quantise(embedHashedNgrams(text)), { model: MODEL })[0]?.item.text).toBe(
        text,
      );
    }
    const part = texts[42]?.split(" ").slice(0, 6).join(" ") ?? "";
    expect(memory.recall(quantise(embedHashedNgrams(part)), { model: MODEL })[0]?.item.text).toBe(
      texts[42],
    );
  });

  it("finds everything again after 30 % of the cells died, which tier 2 alone does not, and heals by use", () => {
    const store = createStore();
    const memory = new Memory({ hasher, store });
    const texts = sentences(200);
    for (const text of texts) memory.remember(itemOf(text));
    const state = memory.state();
    const after = new Memory({ hasher, store, state });
    const draws = createDraws(5);
    while (after.state().dead.length < 30) after.kill(draws.below(after.cells));
    const found = (tiers: readonly (1 | 2 | 3)[]): number =>
      texts.filter(
        (text) =>
          after.recall(quantise(embedHashedNgrams(text)), { model: MODEL, tiers })[0]?.item.text ===
          text,
      ).length;
    const alone = found([2]);
    expect(alone).toBeLessThan(190);
    expect(found([2, 3])).toBe(200);
    // What was found on disk rests in a living cell now.
    expect(found([2])).toBeGreaterThan(alone);
  });

  it("goes on in another process from its state, and the same way", () => {
    const store = createStore();
    const memory = new Memory({ hasher, store });
    for (const text of sentences(30)) memory.remember(itemOf(text));
    const again = new Memory({ hasher, store, state: memory.state() });
    expect(again.state()).toEqual(memory.state());
    expect(
      again.recall(itemOf(sentences(30)[7] ?? "").key, { model: MODEL, tiers: [2] })[0]?.item.text,
    ).toBe(sentences(30)[7]);
  });

  it("remembers with every cell dead, on disk alone", () => {
    const memory = new Memory({ hasher, store: createStore() });
    for (let cell = 0; cell < memory.cells; cell += 1) memory.kill(cell);
    expect(memory.remember(itemOf("the last words")).cell).toBe(-1);
    expect(memory.recall(itemOf("last words").key, { model: MODEL })[0]).toMatchObject({ tier: 3 });
  });

  it("keeps memories of different models apart", () => {
    const memory = new Memory({ hasher, store: createStore() });
    memory.remember({ ...itemOf("a b c"), model: "another" });
    expect(memory.recall(itemOf("a b c").key, { model: MODEL })).toEqual([]);
  });

  it("names a damaged file and finds the others", () => {
    const store = createStore();
    const memory = new Memory({ hasher, store });
    const { hash } = memory.remember(itemOf("one thing"));
    memory.remember(itemOf("another matter"));
    store.texts.set(hash, (store.texts.get(hash) ?? "").replace("one", "two"));
    const fresh = new Memory({ hasher, store });
    expect(fresh.recall(itemOf("another matter").key, { model: MODEL })[0]?.item.text).toBe(
      "another matter",
    );
    expect(fresh.damaged.get(hash)).toContain("do not have the hash that names them");
  });
});

describe("items", () => {
  it("come back as they were, with a key that points almost the same way", () => {
    const item = itemOf("the quick brown fox jumps over the lazy dog");
    const { hash, text } = encodeItem(hasher, item);
    const back = decodeItem(hasher, hash, text);
    expect({ ...back, key: 0 }).toEqual({ ...item, key: 0 });
    expect(cosine(back.key, item.key)).toBeGreaterThan(0.97);
    expect(encodeItem(hasher, back).hash).toBe(hash);
  });

  it("are refused where they are not what they should be", () => {
    const named = (text: string): [string, string] => [
      `sha256-${createHash("sha256").update(text).digest("hex")}`,
      text,
    ];
    for (const [text, message] of [
      ["{", "not JSON"],
      ["5", "no object"],
      ['{"version":2}', "another version"],
      ['{"version":1}', "missing or of another type"],
      [
        '{"codes":"AA","kind":"text","model":"m","source":"","text":"t","version":1}',
        "another length",
      ],
    ] as const)
      expect(() => decodeItem(hasher, ...named(text))).toThrow(message);
  });
});

describe("usage", () => {
  it("halves in its half-life, and ranks by score, then by time, then by name", () => {
    const once = usedAt(NO_USAGE, 0);
    expect(scoreAt(once, 2_000)).toBeCloseTo(0.5, 9);
    expect(scoreAt(once, 10_000_000)).toBe(0);
    const items = new Map([
      ["b", once],
      ["a", once],
      ["c", usedAt(once, 10)],
      ["d", usedAt(NO_USAGE, 10)],
    ]);
    expect(mostUsed(items, 10, 3)).toEqual(["c", "d", "a"]);
  });
});

describe("passages", () => {
  it("lose no word, and none is longer than an embedder takes", () => {
    const text =
      [..."abc"].map((name) => `${name} `.repeat(150)).join("\n\n") + `\n\n${"long ".repeat(900)}`;
    const passages = passagesOf(text);
    expect(passages.join(" ").split(/\s+/).filter(Boolean)).toHaveLength(1_350);
    for (const passage of passages) expect(passage.split(/\s+/).length).toBeLessThanOrEqual(200);
    expect(passagesOf(" \n\n ")).toEqual([]);
  });
});
