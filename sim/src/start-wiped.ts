import { ManualClock } from "@swoosh/kernel/testing";
import { SimulatedDisk } from "@swoosh/server/journal-testing";
import { createLeaderFeed } from "./followers/leader-feed.ts";
import type { Simulation } from "./simulation.ts";
import { Life, type LifeSetting } from "./world/life.ts";
import { signingOfAnotherNode } from "./world/signing.ts";

/** Lives on an empty disk are numbered apart from all others: their numbers give their logs' origins. */
const WIPED_LIVES = 2_000_000;
/** Messages that clients send again to what answers under the node's address. */
const SENT_AGAIN = 6;

/**
 * Somebody started the node on an empty disk, keys gone too: it begins another log with keys of its own, as it must, for nothing
 * says that there was one. Whoever saw the old one must notice: no proposal for the old log is taken, no head is what it was,
 * and whoever follows refuses. What was on the disk comes back from a copy afterwards.
 */
export async function startWiped(
  world: Simulation,
  about: { readonly setting: LifeSetting; readonly number: number },
): Promise<void> {
  const { setting } = about;
  const { node } = world;
  const before = node.engine;
  if (before === undefined || node.isDown) return;
  const disk = new SimulatedDisk();
  const clock = new ManualClock(setting.clock.now());
  const signing = signingOfAnotherNode(setting.signing);
  const life = new Life(
    { ...setting, disk, clock, signing, engine: { genesis: world.genesis }, planting: {} },
    WIPED_LIVES + about.number,
    new Set(),
  );
  const engine = await life.begin({ publish: () => {}, dispatch: () => {}, withdraw: () => {} });
  world.findings.expect(
    engine.state.origin !== before.state.origin,
    "chain",
    () => `a node that lost its disk begins a log that calls itself ${before.state.origin} too`,
  );
  for (const instance of engine.instances())
    world.findings.expect(
      engine.head(instance)?.hash !== before.head(instance)?.hash,
      "reads",
      () => `${instance} is the same in the log of a node that lost its disk`,
    );
  for (const { number, text } of world.traffic.sent.slice(-SENT_AGAIN)) {
    const given = await life.propose(text, { dryRun: false, operator: false });
    const answer = world.options.planting?.answer?.(given, engine.status().size) ?? given;
    const code = answer.kind === "refused" ? answer.refused.code : "accepted";
    if (code === "wrong_origin") world.mark("a client meets another log");
    world.findings.expect(
      code === "wrong_origin",
      "refusals",
      () => `a node that lost its disk answers ${number}, which is for the log before: ${code}`,
    );
  }
  world.followers.meet(createLeaderFeed({ disk: () => disk, engine: () => engine, signing }));
}
