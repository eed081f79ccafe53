import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FleetRig } from "./test/fleet-rig.ts";

/** Put together here and in the task, so that neither file holds it: only what the task makes does. */
const HEAD = "AKIA";
const TAIL = "Q7RSTUV2WXYZ3ABC";
const SECRET = `${HEAD}${TAIL}`;

const rig = new FleetRig();
beforeAll(() => rig.start());
afterAll(() => rig.close());

function stateOfTask(instance: string): string | undefined {
  const context = rig.context<{ execution: { tasks: readonly { state: string }[] } }>(instance);
  return context.execution.tasks[0]?.state;
}

it.each<readonly [what: string, run: string, rationale: RegExp]>([
  ["output", `echo ${HEAD}""${TAIL}`, /^aws-access-key in output of leak:1/],
  ["artefact", `echo ${HEAD}""${TAIL} > out.txt`, /^aws-access-key in out.txt:1/],
])(
  "a secret in a task's %s quarantines the project, is kept nowhere, and a released one goes on",
  async (what, run, rationale) => {
    const instance = `project/${what}`;
    const leaks = join(rig.seen, `${what}-leaks`);
    writeFileSync(leaks, "");
    const task = `if test -e ${leaks}; then ${run}; else echo fine > out.txt; fi`;
    const plan = {
      goal: "leak",
      roles: [{ name: "builder", core: true, seats: 1 }],
      tasks: [{ id: "leak", run: task, artefacts: ["out.txt"] }],
    };
    const source = rig.source(what, { "swoosh.yaml": JSON.stringify(plan) });
    await rig.begin(instance, source);
    await rig.untilIn(instance, "Policy.QUARANTINED");
    const { policy } = rig.context<{ policy: { rationale: string } }>(instance);
    expect(policy.rationale).toMatch(rationale);
    // The task has failed with evidence that says why, and its agent is free again.
    await rig.until("agent/agent-1", (leaves) => leaves.includes("Work.READY"));
    expect(stateOfTask(instance)).toBe("failed");
    expect(rig.holdersOf(SECRET)).toEqual([]);
    rmSync(leaks);
    await rig.mustPropose(instance, "Policy_Release", { reason: "the key was revoked" });
    await rig.until(instance, () => stateOfTask(instance) === "done");
    expect(rig.holdersOf(SECRET)).toEqual([]);
  },
  240_000,
);
