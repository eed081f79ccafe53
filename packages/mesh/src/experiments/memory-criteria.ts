import type { Hasher } from "@swoosh/kernel/values";
import { HASHED_NGRAMS_MODEL } from "../embed/hashed-ngrams.ts";
import { createDraws, seedOf, type Draws } from "../seeded-draws.ts";
import { encodeItem, type MemoryItem } from "../tiers/memory-item.ts";
import { Memory, type LongTermStore } from "../tiers/memory.ts";
import { mostUsed, NO_USAGE, usedAt, type Usage } from "../tiers/usage.ts";
import { arm, atLeast, atMost, seedsFrom } from "./arm-parts.ts";
import type { Arm, ArmSample, Experiment, RunContext } from "./experiment.ts";
import { quantile } from "./interval.ts";
import { bestOf, keyOf, textsOf } from "./memory-texts.ts";

function itemOf(text: string): MemoryItem {
  return { kind: "text", model: HASHED_NGRAMS_MODEL, key: keyOf(text), text, source: "" };
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
): Aged {
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
  return {
    texts,
    memory,
    values: { hits: found.length, trials: texts.length, bytes: bytes / resident },
  };
}

interface Aged {
  readonly texts: readonly string[];
  readonly memory: Memory;
  readonly values: Readonly<Record<string, number>>;
}

const TIERS = [1, 2, 3] as const;
const ASKED = 100;

/** 99th percentile of the ms of one question to each tier alone, after all that was lost has settled again. */
function tierTimes({ texts, memory }: Aged, { size, nowMs }: RunContext): readonly ArmSample[] {
  const times = TIERS.map((): number[] => []);
  for (const text of texts.slice(0, size === "small" ? 10 : ASKED)) {
    const key = keyOf(text);
    // Whatever tier 3 answers is at hand in tier 1 from then on.
    for (const tier of [3, 2, 1] as const) {
      const startedMs = nowMs();
      memory.recall(key, { model: HASHED_NGRAMS_MODEL, tiers: [tier] });
      times[tier - 1]?.push(nowMs() - startedMs);
    }
  }
  return times.map((ms, index) => ({
    group: `tier ${index + 1}`,
    values: {
      p99: quantile(
        ms.toSorted((left, right) => left - right),
        990,
      ),
    },
  }));
}

function plainArray(seed: number, size: RunContext["size"]): readonly ArmSample[] {
  const texts = textsOf(seed, memoriesOf(size, [], false));
  const keys = texts.map(keyOf);
  const hits = texts.filter((text, index) => bestOf(keyOf(text), keys) === index).length;
  return [{ group: ALL, values: { hits, trials: texts.length, bytes: 1 } }];
}

const withHasher =
  (act: (seed: number, context: RunContext, hasher: Hasher) => readonly ArmSample[]): Arm["run"] =>
  (seed, context) => {
    const hasher = context.lend("hasher");
    if (!isHasher(hasher)) return { ran: false, reason: "no hash function was lent" };
    return { ran: true, samples: act(seed, context, hasher) };
  };

/** The samples that are about memories and not about times. */
const ALL = "all";

/** No bar is given for these: what one who asks does not notice. */
const TIER_MS_MAX = { 1: 1, 2: 10, 3: 10 } as const;

const RECALL: Experiment = {
  id: "tiers.recall",
  section: "5.9",
  title: "Recall after deaths",
  method:
    "300 memories of twelve words in a mesh of 10×10 cells and on disk; 10⁴ ticks later 30 of the 100 cells die. Each is asked for by its own words, tier 1 left out. Bytes: what tier 3 keeps of an item over what tier 2 keeps, envelope left out. At last a hundred are asked of each tier alone; its store is in memory here, so that no disk is in the times.",
  workload: {
    memories: 300,
    words: 12,
    cells: 100,
    killed: KILLED,
    ageTicks: AGE_TICKS,
    asked: ASKED,
  },
  seeds: seedsFrom(14_001, 10),
  arms: [
    {
      name: "tiers 2 and 3",
      role: "ours",
      run: withHasher((seed, context, hasher) => {
        const aged = recalled(seed, context.size, hasher, [2, 3], false);
        return [{ group: ALL, values: aged.values }, ...tierTimes(aged, context)];
      }),
    },
    {
      name: "tier 2 alone",
      role: "nothing",
      run: withHasher((seed, { size }, hasher) => [
        { group: ALL, values: recalled(seed, size, hasher, [2], false).values },
      ]),
    },
    arm("plain array", "oracle", (seed, { size }) => plainArray(seed, size)),
    {
      name: "tier 3 a copy of tier 2",
      role: "mutant",
      mustFail: ["bytes"],
      run: withHasher((seed, { size }, hasher) => [
        { group: ALL, values: recalled(seed, size, hasher, [2, 3], true).values },
      ]),
    },
  ],
  claims: [
    atLeast("recall", "seed", 99 / 100, "99 % of the memories are found with tiers 2 and 3", {
      statistic: { kind: "rate", hits: "hits", trials: "trials" },
      groups: [ALL],
    }),
    atMost(
      "alone",
      "seed",
      75 / 100,
      "with tier 2 alone it is at most 75 %: the deaths cost something",
      {
        statistic: { kind: "rate", hits: "hits", trials: "trials" },
        arm: "tier 2 alone",
        groups: [ALL],
      },
    ),
    atMost(
      "bytes",
      "seed",
      85 / 100,
      "tier 3 keeps an item in at most 85 % of tier 2's bytes: it consolidates",
      { statistic: { kind: "mean", metric: "bytes" }, groups: [ALL] },
    ),
    ...TIERS.map((tier) =>
      atMost(
        `tier-${tier}`,
        "ambitious",
        TIER_MS_MAX[tier],
        `tier ${tier} alone answers 99 % of the questions within ${TIER_MS_MAX[tier]} ms`,
        { statistic: { kind: "mean", metric: "p99" }, groups: [`tier ${tier}`], unit: "ms" },
      ),
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

/** Criteria of the tiers. */
export const MEMORY_CRITERIA: readonly Experiment[] = [RECALL, PROMOTION];
