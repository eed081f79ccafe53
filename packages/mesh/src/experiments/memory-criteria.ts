import type { Hasher } from "@swoosh/kernel/values";
import { embedHashedNgrams, HASHED_NGRAMS_MODEL } from "../embed/hashed-ngrams.ts";
import { createDraws, seedOf, type Draws } from "../seeded-draws.ts";
import { cosine, quantise, type VectorKey } from "../shards/vector-key.ts";
import { encodeItem, type MemoryItem } from "../tiers/memory-item.ts";
import { Memory, type LongTermStore } from "../tiers/memory.ts";
import { mostUsed, NO_USAGE, usedAt, type Usage } from "../tiers/usage.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { Arm, ArmSample, Experiment, RunContext } from "./experiment.ts";

const SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split(" ");

function wordOf(draws: Draws): string {
  return Array.from({ length: 3 }, () => SYLLABLES[draws.below(SYLLABLES.length)] ?? "").join("");
}

/** Sentences of twelve words out of a vocabulary of 400, by seed. */
function textsOf(seed: number, count: number, words = 12): readonly string[] {
  const draws = createDraws(seed);
  const vocabulary = Array.from({ length: 400 }, () => wordOf(draws));
  return Array.from({ length: count }, () =>
    Array.from({ length: words }, () => vocabulary[draws.below(vocabulary.length)] ?? "").join(" "),
  );
}

function itemOf(text: string): MemoryItem {
  return { kind: "text", model: HASHED_NGRAMS_MODEL, key: keyOf(text), text, source: "" };
}

function keyOf(text: string): VectorKey {
  return quantise(embedHashedNgrams(text));
}

function isHasher(value: unknown): value is Hasher {
  return typeof value === "object" && value !== null && "sha256" in value;
}

function createStore(): LongTermStore {
  const texts = new Map<string, string>();
  return {
    put: (hash, text) => void texts.set(hash, text),
    get: (hash) => texts.get(hash),
    list: () => [...texts.keys()],
  };
}

/** A small run has as many as its bar of 99 % needs, and fewer where the bar is further off. */
function memoriesOf(size: RunContext["size"], tiers: readonly number[], isCopy: boolean): number {
  if (size === "full") return 300;
  return isCopy ? 20 : tiers.includes(3) ? 130 : 60;
}

const AGE_TICKS = 10_000;
const KILLED = 30;

/** Share of memories that come back first for their own words, after 10⁴ ticks and the death of 30 % of the cells. */
function recalled(
  seed: number,
  size: RunContext["size"],
  hasher: Hasher,
  tiers: readonly (1 | 2 | 3)[],
  isCopy: boolean,
): readonly ArmSample[] {
  const texts = textsOf(seed, memoriesOf(size, tiers, isCopy));
  const memory = new Memory({ hasher, store: createStore() });
  let [bytes, resident] = [0, 0];
  for (const text of texts) {
    const item = itemOf(text);
    memory.remember(item);
    const body = text.length;
    // Tier 2 holds 768 codes, the payload and its bookkeeping; a copy of it holds the same.
    resident += item.key.codes.length + body + 32;
    bytes += isCopy
      ? item.key.codes.length + body + 32
      : encodeItem(hasher, item).text.length - 128;
  }
  memory.age(AGE_TICKS);
  const draws = createDraws(seedOf(seed, 21));
  while (memory.state().dead.length < KILLED) memory.kill(draws.below(memory.cells));
  const found = texts.filter(
    (text) =>
      memory.recall(keyOf(text), { model: HASHED_NGRAMS_MODEL, tiers })[0]?.item.text === text,
  );
  return [{ values: { hits: found.length, trials: texts.length, bytes: bytes / resident } }];
}

function plainArray(seed: number, size: RunContext["size"]): readonly ArmSample[] {
  const texts = textsOf(seed, memoriesOf(size, [], false));
  const keys = texts.map(keyOf);
  const hits = texts.filter((text, index) => bestOf(keyOf(text), keys) === index).length;
  return [{ values: { hits, trials: texts.length, bytes: 1 } }];
}

function bestOf(key: VectorKey, keys: readonly VectorKey[]): number {
  let [best, likeness] = [-1, -2];
  for (const [index, other] of keys.entries()) {
    const found = cosine(key, other);
    if (found > likeness) [best, likeness] = [index, found];
  }
  return best;
}

const withHasher =
  (
    act: (seed: number, size: RunContext["size"], hasher: Hasher) => readonly ArmSample[],
  ): Arm["run"] =>
  (seed, context) => {
    const hasher = context.lend("hasher");
    if (!isHasher(hasher)) return { ran: false, reason: "no hash function was lent" };
    return { ran: true, samples: act(seed, context.size, hasher) };
  };

const RECALL: Experiment = {
  id: "tiers.recall",
  section: "5.9",
  title: "Recall after deaths",
  method:
    "300 memories of twelve words in a mesh of 10×10 cells and on disk; 10⁴ ticks later 30 of the 100 cells die. Each is asked for by its own words, tier 1 left out. Bytes: what tier 3 keeps of an item over what tier 2 keeps, envelope left out.",
  workload: { memories: 300, words: 12, cells: 100, killed: KILLED, ageTicks: AGE_TICKS },
  seeds: seedsFrom(14_001, 10),
  arms: [
    {
      name: "tiers 2 and 3",
      role: "ours",
      run: withHasher((seed, size, hasher) => recalled(seed, size, hasher, [2, 3], false)),
    },
    {
      name: "tier 2 alone",
      role: "nothing",
      run: withHasher((seed, size, hasher) => recalled(seed, size, hasher, [2], false)),
    },
    arm("plain array", "oracle", (seed, { size }) => plainArray(seed, size)),
    {
      name: "tier 3 a copy of tier 2",
      role: "mutant",
      mustFail: ["bytes"],
      run: withHasher((seed, size, hasher) => recalled(seed, size, hasher, [2, 3], true)),
    },
  ],
  claims: [
    atLeast("recall", "seed", 99 / 100, "99 % of the memories are found with tiers 2 and 3", {
      statistic: { kind: "rate", hits: "hits", trials: "trials" },
    }),
    atMost(
      "alone",
      "seed",
      75 / 100,
      "with tier 2 alone it is at most 75 %: the deaths cost something",
      { statistic: { kind: "rate", hits: "hits", trials: "trials" }, arm: "tier 2 alone" },
    ),
    atMost(
      "bytes",
      "seed",
      85 / 100,
      "tier 3 keeps an item in at most 85 % of tier 2's bytes: it consolidates",
      { statistic: { kind: "mean", metric: "bytes" } },
    ),
  ],
};

type Keep = (
  usage: ReadonlyMap<string, Usage>,
  lastUse: ReadonlyMap<string, number>,
  tick: number,
  count: number,
  draws: Draws,
) => readonly string[];

/** Of 400 items, some are asked for again and again: which 40 were kept, and how many of those are asked next? */
function promoted(seed: number, keep: Keep): readonly ArmSample[] {
  const draws = createDraws(seedOf(seed, 22));
  const usage = new Map<string, Usage>();
  const lastUse = new Map<string, number>();
  let [again, kept] = [0, 0];
  const ask = (): string => {
    // Half of the questions are about forty items, the others about anything.
    const item = draws.below(2) === 0 ? draws.below(40) : draws.below(400);
    return `item ${item}`;
  };
  for (let round = 0; round < 30; round += 1) {
    const tick = round * 100;
    for (let question = 0; question < 100; question += 1) {
      const name = ask();
      usage.set(name, usedAt(usage.get(name) ?? NO_USAGE, tick + question));
      lastUse.set(name, tick + question);
    }
    if (round < 10) continue;
    const chosen = keep(usage, lastUse, tick + 100, 40, draws);
    const next = new Set(Array.from({ length: 100 }, ask));
    again += chosen.filter((name) => next.has(name)).length;
    kept += chosen.length;
  }
  return [{ values: { hits: again, trials: kept } }];
}

const byUse: Keep = (usage, _last, tick, count) => mostUsed(usage, tick, count);
const byRecency: Keep = (_usage, lastUse, _tick, count) =>
  [...lastUse]
    .sort((a, b) => b[1] - a[1])
    .slice(0, count)
    .map(([name]) => name);
const atRandom: Keep = (usage, _last, _tick, count, draws) =>
  Array.from({ length: count }, () => [...usage.keys()][draws.below(usage.size)] ?? "");

const PROMOTION: Experiment = {
  id: "tiers.promotion",
  section: "5.9",
  title: "Promotion",
  method:
    "400 items; half of the questions are about forty of them. After each hundred questions forty items are kept, and the share of them that the next hundred questions ask for is counted: by fading use, as the tiers do, by last use (LRU), at random.",
  workload: { items: 400, hot: 40, kept: 40, rounds: 30 },
  seeds: seedsFrom(15_001, 20),
  arms: [
    arm("fading use", "ours", (seed) => promoted(seed, byUse)),
    arm("least recently used", "control", (seed) => promoted(seed, byRecency)),
    arm("random", "mutant", (seed) => promoted(seed, atRandom), ["precision"]),
  ],
  claims: [
    atLeast(
      "precision",
      "seed",
      55 / 100,
      "55 % of what is kept is asked for in the next hundred questions (chance: 18 %, the best possible: 75 %)",
      { statistic: { kind: "rate", hits: "hits", trials: "trials" } },
    ),
  ],
};

function latency(
  seed: number,
  size: RunContext["size"],
  nowMs: () => number,
  sleepMs: number,
): readonly ArmSample[] {
  const texts = textsOf(seed, 32, 512);
  for (let warm = 0; warm < 3; warm += 1) for (const text of texts) keyOf(text);
  return Array.from({ length: size === "small" ? 2 : 20 }, () => {
    const startedMs = nowMs();
    for (const text of texts) keyOf(text);
    while (nowMs() - startedMs < sleepMs);
    return { values: { batchMs: nowMs() - startedMs } };
  });
}

const LATENCY: Experiment = {
  id: "embed.latency",
  section: "5.3",
  title: "Embedding latency, built in",
  isTimed: true,
  method:
    "Batches of 32 texts of 512 words by the built-in embedder, quantised; nothing is cached. Embedders over HTTP are tested against a local server; Ollama itself is not here.",
  workload: { batch: 32, words: 512, batches: 20 },
  seeds: seedsFrom(16_001, 5),
  arms: [
    arm("hashed n-grams", "ours", (seed, { size, nowMs }) => latency(seed, size, nowMs, 0)),
    arm("60 ms slower", "mutant", (seed, { size, nowMs }) => latency(seed, size, nowMs, 60), [
      "p95",
    ]),
  ],
  claims: [
    atMost("p95", "seed", 50, "95 % of the batches take at most 50 ms", {
      statistic: { kind: "quantile", metric: "batchMs", perMille: 950 },
      unit: "ms",
    }),
    atMost("p95-design", "ambitious", 5, "at most 5 ms", {
      statistic: { kind: "quantile", metric: "batchMs", perMille: 950 },
      unit: "ms",
    }),
  ],
};

const PAIRS = 200;
/** Words of a sentence that a paraphrase replaces, of twelve. */
const REPLACED = 7;

function honesty(seed: number, embed: (text: string) => ArrayLike<number>): readonly ArmSample[] {
  const texts = textsOf(seed, PAIRS);
  const draws = createDraws(seedOf(seed, 23));
  const paraphrases = texts.map((text) => {
    const words = text.split(" ");
    for (let count = 0; count < REPLACED; count += 1)
      words[draws.below(words.length)] = `${wordOf(draws)}en`;
    return words.join(" ");
  });
  const keys = texts.map((text) => quantise(embed(text)));
  const asked = paraphrases.map((text) => quantise(embed(text)));
  const hits = asked.filter((key, index) => bestOf(key, keys) === index).length;
  const own = asked.map((key, index) => likeness(key, keys[index]));
  const other = asked.map((key, index) => likeness(key, keys[(index + 1) % PAIRS]));
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return [{ values: { hits, trials: PAIRS, paraphrase: meanOf(own), unrelated: meanOf(other) } }];
}

function likeness(left: VectorKey, right: VectorKey | undefined): number {
  return right === undefined ? 0 : cosine(left, right);
}

const HONEST: Experiment = {
  id: "embed.honest",
  section: "5.3",
  title: "What the built-in embedder can",
  method:
    "200 sentences of twelve words and their counterparts with up to 7 words replaced by others. It is lexical: what it finds again it finds by the words that were left; replace all, and it finds nothing.",
  workload: { pairs: PAIRS, words: 12, replaced: REPLACED },
  seeds: seedsFrom(17_001, 5),
  arms: [
    arm("hashed n-grams", "ours", (seed) => honesty(seed, embedHashedNgrams)),
    arm("constant", "mutant", (seed) => honesty(seed, () => new Float32Array(768).fill(1)), [
      "recall",
    ]),
  ],
  claims: [
    atLeast("recall", "seed", 90 / 100, "90 % of the changed sentences find their own among 200", {
      statistic: { kind: "rate", hits: "hits", trials: "trials" },
    }),
    atMost(
      "unrelated",
      "seed",
      20 / 100,
      "two sentences that share no meaning are below 0.2, on average",
      { statistic: { kind: "mean", metric: "unrelated" } },
    ),
  ],
};

/** Criteria of embedders and tiers. */
export const MEMORY_CRITERIA: readonly Experiment[] = [LATENCY, HONEST, RECALL, PROMOTION];
