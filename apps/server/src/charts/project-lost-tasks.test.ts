import { expect, it } from "vitest";
import type { ProjectStage } from "../follow/test/project-stage.ts";
import type { ProjectWalk } from "../follow/test/project-walk.ts";
import { walkProjects } from "./test/walked-projects.ts";

let stage: ProjectStage;
let walk: ProjectWalk;
walkProjects("lost", (there) => {
  ({ stage, walk } = there);
});

/** Gives a task to an agent, who fails. */
async function fail(instance: string, task: string): Promise<void> {
  const lease = await walk.assign(instance, task);
  const ended = { ...lease, evidence: stage.evidence, reason: "it broke" };
  await walk.must(instance, "a1", "Execution_TaskFailed", ended);
}

it("a window whose first task failed for good ends with the second one not begun, and the next begins anew", async () => {
  const instance = await walk.begin();
  await stage.ingest(instance, "one");
  await walk.seat(instance);
  await walk.lock(instance);
  await walk.toPhase("execute");
  await fail(instance, "one");
  await fail(instance, "one");
  const early = stage.act(instance, "driver", "Execution_ReviewGate");
  expect(await walk.refusal(early)).toContain(
    'still open: ["one is tried again","two waits for an agent"]',
  );
  await fail(instance, "one");
  await walk.toPhase("review");
  await walk.must(instance, "driver", "Execution_ReviewGate");
  for (const member of ["a1", "a2"]) await walk.must(instance, member, "Execution_Approve");
  await walk.toPhase("plan", true);
  await walk.must(instance, "driver", "Execution_ApprovalsThreshold");
  const submitted = { artefacts: stage.evidence, summary: stage.evidence };
  await walk.must(instance, "driver", "Execution_Submit", submitted);
  const complete = stage.act(instance, "driver", "Execution_Complete");
  expect(await walk.refusal(complete)).toContain("not done: one, two");
  await walk.toPhase("plan", true);
  await walk.must(instance, "driver", "Execution_NextWindow");
  await walk.must(instance, "driver", "Lifecycle_AllReady");
  await walk.must(instance, "driver", "Execution_PlanLocked", stage.plan());
  const { tasks } = walk.project(instance).context.execution;
  expect(tasks.map(({ attempts, state }) => [attempts, state])).toEqual([
    [0, "waiting"],
    [0, "waiting"],
  ]);
});

it("a window goes on while another task runs or is tried again", async () => {
  const instance = await walk.begin();
  await stage.ingest(instance, "one");
  await walk.seat(instance);
  await walk.lock(instance);
  await walk.toPhase("execute");
  for (let attempt = 0; attempt < 3; attempt += 1) await fail(instance, "one");
  await walk.assign(instance, "two");
  await walk.toPhase("review");
  const early = stage.act(instance, "driver", "Execution_ReviewGate");
  expect(await walk.refusal(early)).toContain('still open: ["two runs"]');
});
