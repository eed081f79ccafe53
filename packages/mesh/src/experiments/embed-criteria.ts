import { embedHashedNgrams } from "../embed/hashed-ngrams.ts";
import { createDraws, seedOf } from "../seeded-draws.ts";
import { quantise, type VectorKey } from "../shards/vector-key.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { ArmSample, Experiment, RunContext } from "./experiment.ts";
import { mean, quantile } from "./interval.ts";
import { bestOf, keyOf, likeness, textsOf, wordOf } from "./memory-texts.ts";

interface Timed {
  readonly embed: (text: string) => VectorKey;
  readonly sleepMs?: number;
}

function latency(seed: number, { size, nowMs }: RunContext, given: Timed): readonly ArmSample[] {
  const { embed, sleepMs = 0 } = given;
  const batch = (texts: readonly string[]): number => {
    const startedMs = nowMs();
    for (const text of texts) embed(text);
    while (nowMs() - startedMs < sleepMs);
    return nowMs() - startedMs;
  };
  // The code is warmed up by texts that are not asked again.
  for (let warm = 0; warm < 3; warm += 1) batch(textsOf(seedOf(seed, 30 + warm), BATCH, WORDS));
  const batches = agreedTexts(seed, size).map((texts, index) => {
    // Not drawn before now, so that nobody can have prepared for them.
    const fresh = textsOf(seedOf(seed, 200 + index), BATCH, WORDS);
    // Who goes first may pay for what the other left behind, so they take turns.
    const freshFirst = index % 2 === 0 ? batch(fresh) : undefined;
    const batchMs = batch(texts);
    return { batchMs, freshMs: freshFirst ?? batch(fresh) };
  });
  // The least of each: what others take of the machine is not in it.
  const cold =
    Math.min(...batches.map(({ freshMs }) => freshMs)) /
    Math.min(...batches.map(({ batchMs }) => batchMs));
  return [
    ...batches.map(({ batchMs }) => ({ group: "batch", values: { batchMs } })),
    { group: "seed", values: { cold } },
  ];
}

const BATCH = 32;
const WORDS = 512;
const BATCHES = 20;

/** The texts of the workload, each batch of its own: none is embedded twice. */
function agreedTexts(seed: number, size: RunContext["size"]): readonly (readonly string[])[] {
  return Array.from({ length: size === "small" ? 5 : BATCHES }, (_, index) =>
    textsOf(seedOf(seed, 100 + index), BATCH, WORDS),
  );
}

/** Has seen the agreed texts before the clock is started. */
function warmedCache(seed: number, size: RunContext["size"]): (text: string) => VectorKey {
  const cache = new Map<string, VectorKey>();
  const embed = (text: string): VectorKey => {
    const key = cache.get(text) ?? keyOf(text);
    cache.set(text, key);
    return key;
  };
  for (const texts of agreedTexts(seed, size)) for (const text of texts) embed(text);
  return embed;
}

const LATENCY: Experiment = {
  id: "embed.latency",
  section: "5.3",
  title: "Embedding latency, built in",
  isTimed: true,
  method:
    "Batches of 32 texts of 512 words by the built-in embedder, quantised; each text is embedded once, so that no cache can help. Beside each agreed batch goes one of texts that are drawn only then: where the quickest of the agreed ones are quicker than the quickest of these, a cache was warm, and that is flagged. Embedders over HTTP are tested against a local server; Ollama itself is not here.",
  workload: { batch: BATCH, words: WORDS, batches: BATCHES },
  seeds: seedsFrom(16_001, 5),
  arms: [
    arm("hashed n-grams", "ours", (seed, context) => latency(seed, context, { embed: keyOf })),
    arm(
      "60 ms slower",
      "mutant",
      (seed, context) => latency(seed, context, { embed: keyOf, sleepMs: 60 }),
      ["p95"],
    ),
    arm(
      "a cache warmed before",
      "mutant",
      (seed, context) => latency(seed, context, { embed: warmedCache(seed, context.size) }),
      ["cold"],
    ),
  ],
  claims: [
    atMost("p95", "seed", 50, "95 % of the batches take at most 50 ms", {
      statistic: { kind: "quantile", metric: "batchMs", perMille: 950 },
      groups: ["batch"],
      unit: "ms",
    }),
    atMost(
      "cold",
      "seed",
      15 / 10,
      "texts that nobody can have seen before take at most 1.5 times as long: no cache was warm",
      { statistic: { kind: "mean", metric: "cold" }, groups: ["seed"] },
    ),
    atMost("p95-design", "ambitious", 5, "at most 5 ms", {
      statistic: { kind: "quantile", metric: "batchMs", perMille: 950 },
      groups: ["batch"],
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
  const [ownSorted, otherSorted] = [own, other].map((values) =>
    values.toSorted((left, right) => left - right),
  );
  const at = (values: readonly number[] | undefined, percent: number): number =>
    quantile(values ?? [], percent * 10);
  const values = {
    hits,
    trials: PAIRS,
    paraphrase: mean(own),
    unrelated: mean(other),
    apart: at(ownSorted, 5) - at(otherSorted, 95),
  };
  return [
    { group: "all", values },
    ...PERCENTILES.map((percent) => ({
      group: String(percent),
      values: {
        paraphraseAt: at(ownSorted, percent),
        unrelatedAt: at(otherSorted, percent),
      },
    })),
  ];
}

const PERCENTILES = [1, 5, 10, 25, 50, 75, 90, 95, 99] as const;

const HONEST: Experiment = {
  id: "embed.honest",
  section: "5.3",
  title: "What the built-in embedder can",
  method:
    "200 sentences of twelve words and their counterparts with up to 7 words replaced by others. It is lexical: what it finds again it finds by the words that were left; replace all, and it finds nothing. The cosines of the 200 pairs, and of as many that have nothing to do with each other, are given as distributions.",
  workload: { pairs: PAIRS, words: 12, replaced: REPLACED, percentiles: [...PERCENTILES] },
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
      groups: ["all"],
    }),
    atMost(
      "unrelated",
      "seed",
      20 / 100,
      "two sentences that share no meaning are below 0.2, on average",
      { statistic: { kind: "mean", metric: "unrelated" }, groups: ["all"] },
    ),
    atLeast(
      "paraphrase",
      "ambitious",
      40 / 100,
      "a sentence and its changed counterpart are above 0.4, on average",
      { statistic: { kind: "mean", metric: "paraphrase" }, groups: ["all"] },
    ),
    atLeast(
      "apart",
      "ambitious",
      0,
      "the lowest twentieth of the paraphrases' cosines is not below the highest of the others'",
      { statistic: { kind: "mean", metric: "apart" }, groups: ["all"] },
    ),
  ],
  plots: [
    ["paraphraseAt", "a sentence and its changed counterpart"],
    ["unrelatedAt", "two sentences that share no meaning"],
  ].map(([metric = "", about = ""]) => ({
    title: `Cosine of ${about}`,
    metric,
    x: "percentile of the pairs",
    y: "cosine",
    arms: ["hashed n-grams", "constant"],
  })),
};

/** Criteria of the embedder that is built in. */
export const EMBED_CRITERIA: readonly Experiment[] = [LATENCY, HONEST];
