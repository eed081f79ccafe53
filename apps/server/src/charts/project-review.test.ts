import { describe, expect, it } from "vitest";
import { isTurnedDown } from "../driver/decide-execution.ts";
import type { ProjectStage } from "../follow/test/project-stage.ts";
import type { ProjectWalk } from "../follow/test/project-walk.ts";
import { walkProjects } from "./test/walked-projects.ts";

let stage: ProjectStage;
let walk: ProjectWalk;
walkProjects("w", async (there) => {
  ({ stage, walk } = there);
  const seated = [
    ["agent", "project/*"],
    ["operator", "project/*"],
  ] as const;
  await stage.register("pat", seated, "human");
  await stage.register("sam", [["operator", "project/*"]], "human");
  await stage.register("robot", seated);
});

/** A project in review whose council has this builder beside an agent's, and an agent that reviews. */
async function reviewed(builder: string): Promise<string> {
  const instance = await walk.begin();
  await stage.ingest(instance, "one");
  await walk.claim(instance, builder, "builder", 90);
  await walk.claim(instance, "a2", "builder");
  await walk.claim(instance, "a3", "reviewer");
  await walk.load(instance);
  await walk.certify(instance);
  await walk.must(instance, "driver", "Council_McpGreen");
  await walk.lock(instance);
  await walk.toReview(instance);
  return instance;
}

const decided = (instance: string): { readonly [way: string]: readonly string[] } => {
  const { council, execution } = walk.project(instance).context;
  const keys = (places: readonly number[]): readonly string[] =>
    places.map((place) => council.members[place]?.key ?? "");
  return { approved: keys(execution.approvals), rejected: keys(execution.rejections) };
};

const keyOf = (name: string): string => stage.key(name).identity;

describe("a review by people", () => {
  it("counts a person whose claim was elected, once, like any member", async () => {
    const instance = await reviewed("pat");
    await walk.must(instance, "pat", "Execution_Approve");
    expect(decided(instance)).toEqual({ approved: [keyOf("pat")], rejected: [] });
    for (const [transition, inputs] of [
      ["Execution_Approve", {}],
      ["Execution_Reject", { reason: "on second thoughts" }],
    ] as const)
      expect(await walk.refusal(stage.act(instance, "pat", transition, inputs))).toBe(
        "guard_failed: the signer has decided already",
      );
    await walk.must(instance, "a3", "Execution_Approve");
    await walk.toPhase("plan", true);
    await walk.must(instance, "driver", "Execution_ApprovalsThreshold");
  });

  it("counts a person's rejection, and what can pass no more is worked on again", async () => {
    const instance = await reviewed("pat");
    await walk.must(instance, "pat", "Execution_Reject", { reason: "it has no tests" });
    expect(decided(instance)).toEqual({ approved: [], rejected: [keyOf("pat")] });
    const early = stage.act(instance, "driver", "Execution_Rework");
    expect(await walk.refusal(early)).toMatch(
      /^guard_failed: 0 approvals, 1 rejections of 3; 2 approvals are needed until beat \d+$/,
    );
    await walk.must(instance, "a2", "Execution_Reject", { reason: "nor docs" });
    await walk.must(instance, "driver", "Execution_Rework");
    expect(walk.project(instance).in("Execution.EXECUTION.PLAN")).toBe(true);
  });

  it("tells a person without a seat how one is had", async () => {
    const instance = await reviewed("pat");
    for (const [transition, inputs] of [
      ["Execution_Approve", {}],
      ["Execution_Reject", { reason: "no" }],
    ] as const)
      expect(await walk.refusal(stage.act(instance, "sam", transition, inputs))).toBe(
        `guard_failed: ${keyOf("sam")} holds no seat of the council of term 1; its 3 members decide, and who claims a role (Council_Claim) and is elected becomes one`,
      );
    expect(decided(instance)).toEqual({ approved: [], rejected: [] });
  });

  it("takes an operator for a person only who is one, also with a seat", async () => {
    const instance = await reviewed("robot");
    const approve = stage.act(instance, "robot", "Execution_Approve");
    expect(await walk.refusal(approve)).toMatch(
      /^forbidden: Execution_Approve on \S+ needs council or operator:human; robot \(service\) holds /,
    );
  });
});

/** Decisions of members of a council that is no more. */
describe("a review whose council ends", () => {
  it("counts none of its decisions for the next one, whose members decide themselves", async () => {
    const instance = await reviewed("pat");
    await walk.must(instance, "a2", "Execution_Approve");
    await walk.must(instance, "a3", "Execution_Approve");
    await walk.must(instance, "a1", "Council_Eject", { member: keyOf("pat"), reason: "gone" });
    // Until another council sits nobody decides, and nothing is lost: its work waits.
    for (const [by, transition] of [
      ["a2", "Execution_Approve"],
      ["driver", "Execution_Rework"],
    ] as const)
      expect(await walk.refusal(stage.act(instance, by, transition))).toMatch(/^guard_failed: /);
    await walk.claim(instance, "a4", "builder", 90);
    await walk.certify(instance);
    await walk.must(instance, "driver", "Council_McpGreen");
    expect(walk.project(instance).context.council).toMatchObject({ term: 2 });
    const early = stage.act(instance, "driver", "Execution_ApprovalsThreshold");
    expect(await walk.refusal(early)).toMatch(/^guard_failed: 0 of 2 approvals; /);
    for (const name of ["a4", "a2"]) await walk.must(instance, name, "Execution_Approve");
    expect(decided(instance)["approved"]).toEqual([keyOf("a4"), keyOf("a2")]);
    await walk.toPhase("plan", true);
    await walk.must(instance, "driver", "Execution_ApprovalsThreshold");
  });

  it("counts no rejection of it either, when it is elected anew", async () => {
    const instance = await reviewed("pat");
    await walk.must(instance, "pat", "Execution_Reject", { reason: "it has no tests" });
    await walk.must(instance, "a2", "Council_ReElect", { reason: "anew" });
    await walk.certify(instance);
    await walk.must(instance, "driver", "Council_McpGreen");
    await walk.must(instance, "a2", "Execution_Reject", { reason: "nor docs" });
    expect(decided(instance)).toEqual({ approved: [], rejected: [keyOf("a2")] });
    const rework = stage.act(instance, "driver", "Execution_Rework");
    expect(await walk.refusal(rework)).toMatch(/^guard_failed: 0 approvals, 1 rejections of 3; /);
    await walk.must(instance, "pat", "Execution_Approve");
  });
});

describe("a plan that was approved against a rejection", () => {
  it("is not turned down in the next window, where what is not done goes on", async () => {
    const instance = await reviewed("pat");
    await walk.must(instance, "pat", "Execution_Reject", { reason: "it has no tests" });
    for (const name of ["a2", "a3"]) await walk.must(instance, name, "Execution_Approve");
    await walk.toPhase("plan", true);
    await walk.must(instance, "driver", "Execution_ApprovalsThreshold");
    const hashes = { artefacts: stage.evidence, summary: stage.evidence };
    await walk.must(instance, "driver", "Execution_Submit", hashes);
    await walk.toPhase("plan", true);
    await walk.must(instance, "driver", "Execution_NextWindow");
    const project = walk.project(instance);
    expect(isTurnedDown({ project }, project.context.execution.plan_hash)).toBe(false);
    await walk.must(instance, "driver", "Execution_PlanLocked", stage.plan());
  });
});

describe("a window", () => {
  it("is needed to approve and to submit: elsewhere the chart refuses both", async () => {
    const instance = await reviewed("pat");
    const approve = stage.act(instance, "pat", "Execution_Approve");
    const { window } = approve;
    await walk.toPhase("plan");
    expect(await walk.refusal(stage.act(instance, "pat", "Execution_Approve"))).toMatch(
      /^guard_failed: review needs a review frame; beat \d+ is a downbeat, plan after review$/,
    );
    await walk.toPhase("review");
    expect(await walk.refusal({ ...approve, window: window ?? "" })).toMatch(
      /^guard_failed: the window is \w+; the proposal names \w+$/,
    );
    const { window: _none, ...unnamed } = stage.act(instance, "pat", "Execution_Approve");
    expect(await walk.refusal({ ...unnamed, inputs: {} })).toMatch(/names none$/);
    for (const name of ["pat", "a3"]) await walk.must(instance, name, "Execution_Approve");

    const hashes = { artefacts: stage.evidence, summary: stage.evidence };
    const submit = (): Promise<string> =>
      walk.refusal(stage.act(instance, "driver", "Execution_Submit", hashes));
    expect(await submit()).toMatch(/^not_enabled: /);
    const threshold = stage.act(instance, "driver", "Execution_ApprovalsThreshold");
    expect(await walk.refusal(threshold)).toMatch(/reverb needs the downbeat/);
    await walk.toPhase("plan", true);
    await walk.must(instance, "driver", "Execution_ApprovalsThreshold");
    expect(walk.project(instance).in("Execution.EXECUTION.REVERB")).toBe(true);
    await walk.toPhase("plan");
    expect(await submit()).toMatch(
      /^guard_failed: reverb needs the downbeat that follows a review frame; beat \d+ is plan after plan$/,
    );
    await walk.toPhase("plan", true);
    await walk.must(instance, "driver", "Execution_Submit", hashes);
    expect(walk.project(instance).context.execution).toMatchObject(hashes);
  });
});
