import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { FleetRig } from "./test/fleet-rig.ts";

const rig = new FleetRig();
afterAll(() => rig.close());

const PROJECT = "project/wounded";

interface ProjectContext {
  readonly council: {
    readonly members: readonly { readonly key: string }[];
    readonly term: number;
  };
  readonly execution: {
    readonly plan_hash: string;
    readonly tasks: readonly { readonly state: string; readonly attempts: number }[];
  };
}

const context = (): ProjectContext => rig.context<ProjectContext>(PROJECT);

/** Name of the agent with this key. */
function nameOf(key: string): string {
  return rig.fleet.node.engine.state.registry.identityOf(key) ?? "";
}

it("goes on with the same plan after most of its council was killed at work: quorum lost, recovery, a newer term", async () => {
  await rig.start({ agents: 0, patience: { quorumMs: 300, lostMs: 1_500 } });
  const names = ["a", "b", "c", "d", "e"];
  const agents = new Map(
    await Promise.all(names.map(async (name) => [name, await rig.hire(name)] as const)),
  );
  const go = join(rig.seen, "go");
  const plan = {
    goal: "survive",
    roles: [{ name: "builder", core: true, seats: 3 }],
    tasks: [
      { id: "first", run: "echo done" },
      {
        id: "long",
        run: `touch began; until test -e ${go}; do sleep 0.1; done`,
        needs: ["first"],
      },
    ],
  };
  await rig.begin(PROJECT, rig.source("wounded", { "swoosh.yaml": JSON.stringify(plan) }));
  // Under way: the second task runs, on one of the three members.
  await rig.until(PROJECT, () => rig.isInCheckout("began"));
  const before = context();
  const members = before.council.members.map(({ key }) => nameOf(key));
  const worker = names.find((name) => rig.configuration(`agent/${name}`).includes("Work.BUSY"));
  expect(members).toContain(worker);
  expect(members.length).toBeGreaterThanOrEqual(2);
  const killed = [worker ?? "", members.find((name) => name !== worker) ?? ""];
  for (const name of killed) agents.get(name)?.kill("SIGKILL");
  await rig.untilIn(PROJECT, "Run.RECOVERY");
  // Nobody comes back: others are elected, and the very same plan goes on.
  await rig.untilIn(PROJECT, "Run.RUNNING");
  writeFileSync(go, "");
  await rig.untilIn(PROJECT, "Lifecycle.TERMINATED");

  const after = context();
  expect(after.council.term).toBeGreaterThan(before.council.term);
  expect(after.execution.plan_hash).toBe(before.execution.plan_hash);
  expect(after.execution.tasks).toMatchObject([
    { state: "done", attempts: 1 },
    { state: "done", attempts: 2 },
  ]);
  const seated = after.council.members.map(({ key }) => nameOf(key));
  expect(seated.filter((name) => killed.includes(name))).toEqual([]);
  const records = (await rig.records()).filter(({ proposal }) => proposal.instance === PROJECT);
  const count = (transition: string): number =>
    records.filter(({ proposal }) => proposal.transition === transition).length;
  expect(count("Execution_QuorumLost")).toBe(1);
  expect(count("Execution_PlanLocked")).toBe(1);
  expect(count("Council_Eject")).toBe(2);
  expect(count("Execution_TaskFinished")).toBe(2);
  expect(count("Execution_TaskFailed")).toBe(1);
  expect(count("Execution_Complete")).toBe(1);
  // While it recovered, no new work began.
  const order = records.map(({ proposal }) => proposal.transition);
  const recovering = order.slice(
    order.indexOf("Execution_QuorumLost"),
    order.indexOf("Run_Recover"),
  );
  expect(recovering).not.toContain("Execution_TaskAssigned");
  // No lease is left on anybody who lives.
  for (const name of names.filter((one) => !killed.includes(one)))
    expect(rig.configuration(`agent/${name}`)).toContain("Work.READY");
}, 240_000);
