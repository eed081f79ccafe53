import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeededRandom } from "@swoosh/kernel/testing";
import { expect, it } from "vitest";
import { Follower } from "./follower.ts";
import { Leader } from "./test/leader.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Transitions that are accepted, of so many instances of one chart. */
const [TRANSITIONS, INSTANCES] = isSoak ? [10_000, 1_000] : [160, 24];
/** How each follower takes what there is: so many records together, and opened anew after every so many rounds. */
const FOLLOWERS = [
  { batchRecords: 1, snapshotRecords: 50, restartEvery: 5 },
  { batchRecords: 17, snapshotRecords: 1_000_000, restartEvery: 3 },
  { batchRecords: 1_000, snapshotRecords: 7, restartEvery: 2 },
] as const;
const ROUNDS = isSoak ? 32 : 6;

it(
  `three followers of ${TRANSITIONS} random transitions on ${INSTANCES} instances have one root and one state`,
  { timeout: isSoak ? 3_600_000 : 60_000 },
  async () => {
    const root = mkdtempSync(join(tmpdir(), "swoosh-equal-"));
    const leader = await Leader.open(join(root, "leader"));
    const random = new SeededRandom(20_26);
    const followers = await Promise.all(
      FOLLOWERS.map(async (how, place) => {
        const options = {
          ...how,
          folder: join(root, `follower-${place}`),
          feed: leader.feed(),
          segmentBytes: 65_536,
        };
        return { how, options, follower: await Follower.open(options) };
      }),
    );
    try {
      const begin = leader.size;
      for (let round = 1; round <= ROUNDS; round += 1) {
        const wanted = begin + Math.ceil((TRANSITIONS * round) / ROUNDS);
        while (leader.size < wanted)
          await leader.propose(
            `i${below(random, INSTANCES)}`,
            below(random, 8) === 0 ? "Switch_Burn" : "Switch_Flip",
          );
        for (const one of followers) {
          await one.follower.catchUp();
          if (round % one.how.restartEvery !== 0) continue;
          // In turns: stopped cleanly, and as a crash would leave it.
          if (round % 2 === 0) await one.follower.close();
          else await one.follower.journal.close();
          one.follower = await Follower.open(one.options);
        }
      }
      const { root: expected, size } = leader.node.engine.checkpoint();
      expect(size).toBe(begin + TRANSITIONS);
      for (const { follower, how } of followers) {
        await follower.catchUp();
        expect([how, follower.replica.size, follower.replica.root()]).toEqual([
          how,
          size,
          expected,
        ]);
        const hashes = [...leader.node.engine.instances()].map((instance) => [
          instance,
          leader.node.engine.head(instance)?.hash,
        ]);
        expect(
          hashes.map(([instance = ""]) => [instance, follower.replica.head(instance)?.hash]),
        ).toEqual(hashes);
      }
    } finally {
      for (const { follower } of followers) await follower.close();
      await leader.node.close();
      rmSync(root, { recursive: true, force: true });
    }
  },
);

function below(random: SeededRandom, bound: number): number {
  const [low = 0, high = 0] = random.bytes(2);
  return (low * 256 + high) % bound;
}
