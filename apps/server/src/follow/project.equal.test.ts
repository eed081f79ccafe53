import { SeededRandom } from "@swoosh/kernel/testing";
import { expect, it } from "vitest";
import { expectEqualFollowers } from "./test/equal-followers.ts";
import { ProjectPlayer } from "./test/project-player.ts";
import { ProjectStage } from "./test/project-stage.ts";

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
const TRANSITIONS = isSoak ? 10_000 : 100;
const ROUNDS = isSoak ? 32 : 3;

it(
  `three followers of ${TRANSITIONS} random transitions of projects have one root and one state, and no invariant is violated`,
  { timeout: isSoak ? 3_600_000 : 120_000 },
  async () => {
    let player: ProjectPlayer | undefined;
    await expectEqualFollowers({
      rounds: ROUNDS,
      async begin(leader) {
        const stage = new ProjectStage(leader);
        await stage.begin();
        player = new ProjectPlayer(stage, new SeededRandom(20_26));
      },
      async play(_leader, round) {
        await player?.until(Math.ceil((TRANSITIONS * round) / ROUNDS));
      },
    });
    expect(player?.violations).toEqual([]);
    expect(player?.accepted).toBeGreaterThanOrEqual(TRANSITIONS);
    // It went all the way, more than once in a long run.
    const seen = [...(player?.seen.keys() ?? [])];
    expect(seen).toContain("Council_QuorumCert");
    if (!isSoak) return;
    expect(seen.length).toBeGreaterThan(35);
    expect(player?.seen.get("Execution_Complete")).toBeGreaterThanOrEqual(3);
  },
);
