import { SeededRandom } from "@swoosh/kernel/testing";
import { beforeAll, describe, expect, it } from "vitest";
import { checkHistory } from "./check-history.ts";
import type { History } from "./history.ts";
import { CROOKS, playSmallHistory } from "./play-small-history.ts";
import { isLinearizable } from "./search-linearization.ts";
import { createSmallBeginning, type SmallBeginning } from "./small-beginning.ts";
import { smallHistoryOf } from "./small-history.ts";
import { SMALL_LIES } from "./small-lies.ts";

const IS_SOAK = process.env["SWOOSH_SOAK"] !== undefined;
const HISTORIES = IS_SOAK ? 20_000 : 600;
/** Here they once did not agree. */
const ONCE_APART = [
  // A record was taken for as old as a delivery that cannot have made it.
  ...[17, 220, 854],
  // What a refusal was decided by was not held against what was read, recorded or refused later.
  ...[1683, 5149, 6824, 9187],
  // One was told that it was the first, and the record held another delivery.
  ...[9379, 12_514],
  // The search itself did not look at what a refusal says that it saw.
  10_663,
];

/** Where a small history comes from: a true machine, one that lies, or true answers that were changed afterwards. */
const SOURCES = ["true", ...CROOKS, ...Object.keys(SMALL_LIES)];
let beginning: SmallBeginning;
beforeAll(async () => {
  beginning = await createSmallBeginning();
});

async function historyOf(
  seed: number,
): Promise<{ readonly history: History; readonly sources: readonly string[] }> {
  const random = new SeededRandom(seed);
  const dice = random.below(3);
  const crook = dice === 1 ? (random.pick(CROOKS) ?? null) : null;
  const { history, machine } = await playSmallHistory(beginning, { random, crook });
  if (dice !== 2) return { history, sources: [crook ?? "true"] };
  let doctored = history;
  const sources: string[] = [];
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const [name = "", lie] = random.pick(Object.entries(SMALL_LIES)) ?? [];
    const next = await lie?.({ ...doctored, machine, random });
    if (next === undefined || next === null) continue;
    doctored = next;
    sources.push(name);
  }
  return { history: doctored, sources };
}

describe("the judge of histories, beside a search through all orders", () => {
  it("says the same of every small history, true or not", async () => {
    const sound = new Map<string, number>();
    const unsound = new Map<string, number>();
    const seeds = Array.from({ length: HISTORIES }, (_, place) => place);
    for (const seed of [...ONCE_APART, ...seeds]) {
      const { history, sources } = await historyOf(seed);
      const { findings } = await checkHistory(beginning.judge, history);
      const found = isLinearizable(smallHistoryOf(beginning.judge.kernel.hasher, history));
      expect([seed, sources, found, findings]).toEqual([
        seed,
        sources,
        findings.length === 0,
        found ? [] : findings,
      ]);
      const counts = found ? sound : unsound;
      for (const source of sources) counts.set(source, (counts.get(source) ?? 0) + 1);
    }
    // What is true is found true; whatever lies is caught, and does not always harm.
    expect(unsound.get("true")).toBe(undefined);
    for (const source of SOURCES) expect([source, sound.get(source) ?? 0]).not.toEqual([source, 0]);
    for (const source of SOURCES.slice(1))
      expect([source, unsound.get(source) ?? 0]).not.toEqual([source, 0]);
  }, 600_000);
});
