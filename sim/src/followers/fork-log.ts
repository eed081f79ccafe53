import type { Engine } from "@swoosh/kernel";
import { ManualClock } from "@swoosh/kernel/testing";
import type { LogFeed } from "@swoosh/server/follower";
import { messageOf, seenIn, type Wish } from "../proposals.ts";
import { Life, type LifeSetting } from "../world/life.ts";
import type { SimulatedDisk } from "@swoosh/server/journal-testing";
import { createLeaderFeed } from "./leader-feed.ts";

/** A log that goes on otherwise from a copy of the disk, under the same key: a clone, or an old backup that was put back. */
export interface ForkedLog {
  readonly feed: LogFeed;
  readonly records: readonly string[];
}

/** Undefined where the copy does not start, or nothing can be added to it. */
export async function forkLog(
  setting: LifeSetting,
  about: {
    readonly disk: SimulatedDisk;
    readonly number: number;
    readonly wish: Wish;
    readonly key: string;
  },
): Promise<ForkedLog | undefined> {
  const { number } = about;
  const disk = about.disk.copy();
  disk.roomBytes = Number.POSITIVE_INFINITY;
  const clock = new ManualClock(setting.clock.now());
  const life = new Life({ ...setting, disk, clock, planting: {} }, number, new Set());
  try {
    const engine = await life.begin({ publish: () => {}, dispatch: () => {}, withdraw: () => {} });
    if (!(await goesOn(engine, { ...about, setting, clock }))) return undefined;
    const records = await engine.records(0, engine.status().size);
    const { signing } = setting;
    return {
      feed: createLeaderFeed({ disk: () => disk, engine: () => engine, signing }),
      records,
    };
  } catch {
    // The copy is of a damaged disk, or of one in the middle of something.
    return undefined;
  }
}

/** Records something that no other log has. */
async function goesOn(
  engine: Engine,
  about: {
    readonly setting: LifeSetting;
    readonly clock: ManualClock;
    readonly number: number;
    readonly wish: Wish;
    readonly key: string;
  },
): Promise<boolean> {
  const { clock, key, number, setting, wish } = about;
  clock.set(Math.max(clock.now(), engine.status().at) + 10_000);
  const { text } = messageOf(wish, {
    seen: seenIn(engine.state, wish.instance),
    signer: setting.signing.signer("operator"),
    now: clock.now(),
    number,
    key,
  });
  const answer = await engine.propose(text);
  return answer.kind === "accepted";
}
