import { SeededRandom } from "@swoosh/kernel/testing";
import { expect, it } from "vitest";
import { expectEqualFollowers } from "./test/equal-followers.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Transitions that are accepted, of so many instances of one chart. */
const [TRANSITIONS, INSTANCES] = isSoak ? [10_000, 1_000] : [160, 24];
const ROUNDS = isSoak ? 32 : 6;

it(
  `three followers of ${TRANSITIONS} random transitions on ${INSTANCES} instances have one root and one state`,
  { timeout: isSoak ? 3_600_000 : 60_000 },
  async () => {
    const random = new SeededRandom(20_26);
    let begin = 0;
    const size = await expectEqualFollowers({
      rounds: ROUNDS,
      async begin(leader) {
        begin = leader.size;
      },
      async play(leader, round) {
        const wanted = begin + Math.ceil((TRANSITIONS * round) / ROUNDS);
        while (leader.size < wanted)
          await leader.propose(
            `i${random.below(INSTANCES)}`,
            random.chance(12) ? "Switch_Burn" : "Switch_Flip",
          );
      },
    });
    expect(size).toBe(begin + TRANSITIONS);
  },
);
