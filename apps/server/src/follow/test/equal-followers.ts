import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { Follower } from "../follower.ts";
import { Leader } from "./leader.ts";

/** How each follower takes what there is: so many records together, and opened anew after every so many rounds. */
const FOLLOWERS = [
  { batchRecords: 1, snapshotRecords: 50, restartEvery: 5 },
  { batchRecords: 17, snapshotRecords: 1_000_000, restartEvery: 3 },
  { batchRecords: 1_000, snapshotRecords: 7, restartEvery: 2 },
] as const;

/**
 * Three followers take a log while it is written, each in its own way, stopped and crashed in turns; in the end all have the leader's root,
 * and of every instance its hash. Gives the number of records. `play`: writes until the round's share is done; `begin`: before the first.
 */
export async function expectEqualFollowers(game: {
  readonly rounds: number;
  begin?(leader: Leader): Promise<void>;
  play(leader: Leader, round: number): Promise<void>;
}): Promise<number> {
  const root = mkdtempSync(join(tmpdir(), "swoosh-equal-"));
  const leader = await Leader.open(join(root, "leader"));
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
    await game.begin?.(leader);
    for (let round = 1; round <= game.rounds; round += 1) {
      await game.play(leader, round);
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
    for (const { follower, how } of followers) {
      await follower.catchUp();
      const { replica } = follower;
      expect([how, replica.size, replica.root()]).toEqual([how, size, expected]);
      const hashes = [...leader.node.engine.instances()].map((instance) => [
        instance,
        leader.node.engine.head(instance)?.hash,
      ]);
      expect(
        hashes.map(([instance = ""]) => [instance, follower.replica.head(instance)?.hash]),
      ).toEqual(hashes);
    }
    return size;
  } finally {
    for (const { follower } of followers) await follower.close();
    await leader.node.close();
    rmSync(root, { recursive: true, force: true });
  }
}
