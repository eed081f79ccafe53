import { describe, expect, it } from "vitest";
import type { Leader } from "../follow/test/leader.ts";
import { AGENTS, type Act, type ProjectStage } from "../follow/test/project-stage.ts";
import type { ProjectWalk } from "../follow/test/project-walk.ts";
import { walkProjects } from "./test/walked-projects.ts";

let leader: Leader;
let stage: ProjectStage;
let walk: ProjectWalk;
walkProjects("r", (there) => {
  ({ leader, stage, walk } = there);
});

describe("two certificates of one term", () => {
  it("of different members quarantine the council, and both are kept as evidence of it", async () => {
    const instance = await walk.begin();
    await stage.ingest(instance, "one");
    await walk.claimAll(instance);
    const first = stage.certificate(walk.project(instance), { builders: 2 });
    const rival = stage.certificate(walk.project(instance), { builders: 1 });
    const hashOf = ({ inputs }: Act): unknown => Object(inputs["subject"])["member_set_hash"];
    expect(hashOf(rival)).not.toBe(hashOf(first));
    await stage.must(first);
    const seated = walk.project(instance).context.council;
    await stage.must(rival);
    const after = walk.project(instance);
    expect(after.in("Policy.QUARANTINED")).toBe(true);
    expect(after.context.policy).toMatchObject({
      rationale: "two councils were certified for one term",
      subject: hashOf(rival),
    });
    // The council that sits stays as it was, and may do nothing more.
    expect(after.context.council).toEqual(seated);
    expect(await walk.refusal(stage.act(instance, "driver", "Council_McpGreen"))).toMatch(
      /^guard_failed: quarantined: two councils were certified for one term/,
    );
    // The log has both, with all their votes.
    const kept = await leader.recordsOf(instance, "Council_QuorumCert");
    expect(kept.map(({ inputs }) => hashOf({ ...first, inputs }))).toEqual([
      hashOf(first),
      hashOf(rival),
    ]);
    for (const { inputs } of kept) expect(inputs["votes"]).not.toEqual([]);
  });

  it("of the same members, or of an older term, are refused by name", async () => {
    const instance = await walk.begin();
    await stage.ingest(instance, "one");
    await walk.claimAll(instance);
    const first = stage.certificate(walk.project(instance), { builders: 2 });
    await stage.must(first);
    expect(await walk.refusal(first)).toMatch(
      /^guard_failed: it is the certificate of the council that sits/,
    );
    await walk.must(instance, "a1", "Council_ReElect", { reason: "anew" });
    expect(await walk.refusal(first)).toMatch(/^guard_failed: .*term/);
    const forged = stage.certificate(walk.project(instance), {
      builders: 2,
      choice: () => "reject",
    });
    expect(await walk.refusal(forged)).toMatch(/^guard_failed: .*(?:votes|quorum|approve)/);
  });
});

describe("an index that changes under a running plan", () => {
  it("serves the plan as it was pinned; the new one needs a plan of its own", async () => {
    const instance = await walk.begin();
    const first = await stage.ingest(instance, "one");
    await walk.seat(instance);
    await walk.provide(instance);
    await walk.toPhase("plan");
    await walk.must(instance, "driver", "Lifecycle_AllReady");
    await walk.must(instance, "driver", "Execution_PlanLocked", stage.plan());
    // A person changes the source while the plan runs.
    await walk.must(instance, "operator", "Ingestion_NewVersion");
    await walk.toPhase("execute");
    await walk.work(instance, "one");
    const second = await stage.ingest(instance, "two");
    expect(second).not.toBe(first);
    await walk.work(instance, "two");
    const { execution, ingestion } = walk.project(instance).context;
    expect([execution.content_hash, execution.version]).toEqual([first, 1]);
    expect([ingestion.content_hash, ingestion.version]).toEqual([second, 2]);
    // Nothing is locked on the new one while council and environment are for the old.
    await walk.toPhase("review");
    await walk.must(instance, "driver", "Execution_ReviewGate");
    for (const name of AGENTS.slice(0, 3))
      await walk.must(instance, name, "Execution_Reject", { reason: "old" });
    await walk.must(instance, "driver", "Execution_Rework");
    await walk.toPhase("plan");
    expect(await walk.refusal(stage.act(instance, "driver", "Lifecycle_AllReady"))).toMatch(
      /^guard_failed: ingestion 2 .*, council 1 .*, environment 1 /,
    );
    await walk.must(instance, "a1", "Council_ReElect", { reason: "version 2" });
    await stage.must(stage.certificate(walk.project(instance), { builders: 2 }));
    await walk.must(instance, "driver", "Council_McpGreen");
    await walk.must(instance, "driver", "Environment_Deprovision", { reason: "version 2" });
    await walk.provide(instance);
    await walk.must(instance, "driver", "Lifecycle_AllReady");
    expect(walk.project(instance).context.execution).toMatchObject({
      content_hash: second,
      version: 2,
    });
  });
});

describe("an environment that is half made", () => {
  /** Where whoever provisions can be killed: after each of its effects. */
  const CUTS = ["nothing", "capacity", "installed", "green"] as const;

  it.each(CUTS)("is given back whole after %s, and made again", async (cut) => {
    const instance = await walk.begin();
    await stage.ingest(instance, "one");
    const asked = walk.demand(instance);
    const reserved = (): number => {
      const { reservations } = Object(stage.document("capacity/main")?.context) as {
        reservations: readonly { holder: string; count: number }[];
      };
      return reservations
        .filter(({ holder }) => holder === walk.project(instance).id)
        .reduce((sum, { count }) => sum + count, 0);
    };
    const steps: readonly (() => Promise<void>)[] = [
      () => walk.must(instance, "driver", "Environment_CapacityOk", asked),
      () => walk.must(instance, "a1", "Environment_Installed", walk.installed(instance)),
      () => walk.must(instance, "driver", "Environment_Green"),
    ];
    for (const step of steps.slice(0, CUTS.indexOf(cut))) await step();
    expect(reserved()).toBe(cut === "nothing" ? 0 : 1);
    const late = stage.act(instance, "a1", "Environment_Installed", walk.installed(instance));
    await walk.must(instance, "driver", "Environment_Deprovision", { reason: "the lead is gone" });
    expect(reserved()).toBe(0);
    expect(walk.project(instance).context.environment).toMatchObject({
      assets: [],
      demand: 0,
      lead: "",
    });
    // Who comes back late with what it made is refused: its effect is closed.
    expect(await walk.refusal(late)).toMatch(/^(?:not_enabled|effect_closed)/);
    await walk.provide(instance);
    expect(reserved()).toBe(1);
    expect(walk.project(instance).in("Environment.READY")).toBe(true);
  });
});

describe("a project that is blocked", () => {
  it("has ended, also where it still waited for its licence", async () => {
    const instance = await walk.configure();
    const found = { policy_version: 1, rationale: "a key in its source's name" };
    await walk.must(instance, "shhh", "Policy_Quarantine", found);
    await walk.must(instance, "operator", "Policy_ConfirmBlock", { reason: "it stays" });
    expect(walk.project(instance).in("Lifecycle.TERMINATED")).toBe(true);
    expect(walk.project(instance).isEnded).toBe(true);
  });
});

describe("a project that is not quarantined", () => {
  it("is neither released nor ended as blocked", async () => {
    const instance = await walk.begin();
    const bytes = { bytes: 1, content_hash: stage.evidence, files: 1 };
    const source = { kind: "directory", pin: "0".repeat(40), uri: "/s" };
    await walk.must(instance, "ingest", "Ingestion_SourcesResolved", { sources: [source] });
    const effect = walk.project(instance).effect("fetch") ?? "none";
    await walk.must(instance, "ingest", "Ingestion_BytesOk", { ...bytes, effect });
    expect(walk.project(instance).in("Ingestion.VALIDATE")).toBe(true);
    for (const transition of ["Policy_Release", "Policy_ConfirmBlock"]) {
      const act = stage.act(instance, "operator", transition, { reason: "to be sure" });
      expect(await walk.refusal(act)).toBe("guard_failed: nothing of it is quarantined");
    }
  });
});
