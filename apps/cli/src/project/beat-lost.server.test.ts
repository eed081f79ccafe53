import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { BeatLeader, CLUSTER, SUBJECT, windowOf } from "./test/beat-leader.ts";
import { FleetRig } from "./test/fleet-rig.ts";

/** In `make soak` alone: it takes several bars of real time. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Real processes: the bound only ends what hangs. */
const HANGS_MS = 240_000;

const rig = new FleetRig();
const leader = new BeatLeader();
afterAll(async () => {
  await rig.close();
  await leader.stop();
});

it.runIf(isSoak)(
  "a beat that is lost while a task runs goes on as a local one in the same bars, until the leader is heard again",
  async () => {
    await leader.startNats();
    const backbeat = { url: leader.url, subject: SUBJECT, cluster: CLUSTER };
    await rig.start({
      world: { allowed: [], backbeat, toolsMayStart: false, toolsEveryMs: 1_000 },
    });
    leader.lead(rig.fleet.node.clock);
    const project = "project/beaten";
    const go = join(rig.seen, "go");
    const run = `touch began; until test -e ${go}; do sleep 0.05; done`;
    const plan = {
      goal: "keep time",
      roles: [{ name: "builder", core: true, seats: 1 }],
      tasks: [{ id: "long", run }],
    };
    await rig.begin(project, rig.source("beaten", { "swoosh.yaml": JSON.stringify(plan) }));
    await rig.until(project, () => rig.isInCheckout("began"));
    const from = (await rig.records()).length;

    await leader.killNats();
    await rig.untilIn("beat/main", "TEMPO.DEGRADED");
    writeFileSync(go, "");
    // Review has a window of its own, and the local tempo opens it.
    await rig.untilIn(project, "EXECUTION.REVIEW");
    await leader.startNats();
    await rig.untilIn("beat/main", "TEMPO.STEADY");
    await rig.untilIn(project, "Lifecycle.TERMINATED");

    const records = (await rig.records()).slice(from);
    const beats = records.filter(({ proposal }) => proposal.transition === "Beat_Observed");
    const sources = beats.map(({ inputs }) => String(inputs?.["source"]));
    expect(sources.filter((source, at) => source !== sources[at - 1])).toEqual([
      ...(sources[0] === "nats" ? ["nats"] : []),
      "local",
      "nats",
    ]);
    for (const { inputs } of beats)
      expect(inputs?.["window_id"]).toBe(windowOf(Number(inputs?.["beat_index"])));
    const indices = beats.map(({ inputs }) => Number(inputs?.["beat_index"]));
    expect(indices).toEqual([...new Set(indices)].sort((left, right) => left - right));
    const audit = await runSwoosh(["audit", "windows", "--url", rig.fleet.url]);
    expect(audit.out).toContain("all inside");
  },
  HANGS_MS,
);
