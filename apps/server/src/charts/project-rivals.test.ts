import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Project } from "../driver/project-document.ts";
import { Leader } from "../follow/test/leader.ts";
import { AGENTS, ProjectStage, type Act } from "../follow/test/project-stage.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-rivals-"));
let leader: Leader;
let stage: ProjectStage;
beforeAll(async () => {
  leader = await Leader.open(join(root, "data"));
  stage = new ProjectStage(leader);
  await stage.begin();
});
afterAll(async () => {
  await leader.node.close();
  rmSync(root, { recursive: true, force: true });
});

const project = (instance: string): Project => {
  const document = stage.document(instance);
  if (document === undefined) throw new Error(`${instance} is not there`);
  return new Project(document);
};
const effect = (instance: string, name: string): JsonObject => ({
  effect: project(instance).effect(name) ?? "none",
});

/** Moves the tempo to a frame of this phase; `isDownbeat`: to the one that follows a review. */
async function toPhase(phase: string, isDownbeat = false): Promise<void> {
  for (;;) {
    await stage.must(stage.frame());
    const beat = Object(stage.document("beat/main")?.context);
    if (beat["phase"] === phase && (!isDownbeat || beat["downbeat"] === true)) return;
  }
}

let begun = 0;
async function begin(): Promise<string> {
  begun += 1;
  const instance = `project/r${begun}`;
  const identities = ["driver", "ingest", "shhh"];
  await must(instance, "driver", "Boot_ConfigOk", { config_hash: stage.evidence, identities });
  await must(instance, "driver", "Boot_Licensed");
  return instance;
}

const must = (instance: string, by: string, transition: string, inputs: JsonObject = {}) =>
  stage.must(stage.act(instance, by, transition, inputs));

const ingest = (instance: string, text: string): Promise<string> => stage.ingest(instance, text);

async function claimAll(instance: string): Promise<void> {
  for (const [place, name] of AGENTS.slice(0, 3).entries()) {
    const role = place === 2 ? "reviewer" : "builder";
    await must(instance, name, "Council_Claim", { load: 0, role, weight: 50 });
  }
  const roles = ["builder", "reviewer"];
  await must(instance, "driver", "Council_ProfilesLoaded", { core_roles: roles, roles, tools: [] });
}

async function seat(instance: string): Promise<void> {
  await claimAll(instance);
  await stage.must(stage.certificate(project(instance), { builders: 2 }));
  await must(instance, "driver", "Council_McpGreen");
}

async function provide(instance: string): Promise<void> {
  const { content_hash: hash, version } = project(instance).context.ingestion;
  const asked = { assets: ["checkout"], content_hash: hash, demand: 1, lead: "a1", version };
  await must(instance, "driver", "Environment_CapacityOk", asked);
  await must(instance, "a1", "Environment_Installed", installed(instance));
  await must(instance, "driver", "Environment_Green");
}

const installed = (instance: string): JsonObject => ({
  assets: [{ digest: stage.evidence, name: "checkout" }],
  manifest: stage.evidence,
  ...effect(instance, "provision"),
});

/** Proposes what must be refused; gives code and reasons. */
async function refusal(act: Act): Promise<string> {
  const { engine } = leader.node;
  const before = engine.state.head(act.instance)?.hash;
  const told = await leader.refusalOf(act);
  expect(engine.state.head(act.instance)?.hash).toBe(before);
  return told;
}

describe("two certificates of one term", () => {
  it("of different members quarantine the council, and both are kept as evidence of it", async () => {
    const instance = await begin();
    await ingest(instance, "one");
    await claimAll(instance);
    const first = stage.certificate(project(instance), { builders: 2 });
    const rival = stage.certificate(project(instance), { builders: 1 });
    const hashOf = ({ inputs }: Act): unknown => Object(inputs["subject"])["member_set_hash"];
    expect(hashOf(rival)).not.toBe(hashOf(first));
    await stage.must(first);
    const seated = project(instance).context.council;
    await stage.must(rival);
    const after = project(instance);
    expect(after.in("Policy.QUARANTINED")).toBe(true);
    expect(after.context.policy).toMatchObject({
      rationale: "two councils were certified for one term",
      subject: hashOf(rival),
    });
    // The council that sits stays as it was, and may do nothing more.
    expect(after.context.council).toEqual(seated);
    expect(await refusal(stage.act(instance, "driver", "Council_McpGreen"))).toMatch(
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
    const instance = await begin();
    await ingest(instance, "one");
    await claimAll(instance);
    const first = stage.certificate(project(instance), { builders: 2 });
    await stage.must(first);
    expect(await refusal(first)).toMatch(
      /^guard_failed: it is the certificate of the council that sits/,
    );
    await must(instance, "a1", "Council_ReElect", { reason: "anew" });
    expect(await refusal(first)).toMatch(/^guard_failed: .*term/);
    const forged = stage.certificate(project(instance), { builders: 2, choice: () => "reject" });
    expect(await refusal(forged)).toMatch(/^guard_failed: .*(?:votes|quorum|approve)/);
  });
});

describe("an index that changes under a running plan", () => {
  it("serves the plan as it was pinned; the new one needs a plan of its own", async () => {
    const instance = await begin();
    const first = await ingest(instance, "one");
    await seat(instance);
    await provide(instance);
    await toPhase("plan");
    await must(instance, "driver", "Lifecycle_AllReady");
    await must(instance, "driver", "Execution_PlanLocked", stage.plan());
    // A person changes the source while the plan runs.
    await must(instance, "operator", "Ingestion_NewVersion");
    await toPhase("execute");
    await work(instance, "one");
    const second = await ingest(instance, "two");
    expect(second).not.toBe(first);
    await work(instance, "two");
    const { execution, ingestion } = project(instance).context;
    expect([execution.content_hash, execution.version]).toEqual([first, 1]);
    expect([ingestion.content_hash, ingestion.version]).toEqual([second, 2]);
    // Nothing is locked on the new one while council and environment are for the old.
    await toPhase("review");
    await must(instance, "driver", "Execution_ReviewGate");
    for (const name of AGENTS.slice(0, 3))
      await must(instance, name, "Execution_Reject", { reason: "old" });
    await must(instance, "driver", "Execution_Rework");
    await toPhase("plan");
    expect(await refusal(stage.act(instance, "driver", "Lifecycle_AllReady"))).toMatch(
      /^guard_failed: ingestion 2 .*, council 1 .*, environment 1 /,
    );
    await must(instance, "a1", "Council_ReElect", { reason: "version 2" });
    await stage.must(stage.certificate(project(instance), { builders: 2 }));
    await must(instance, "driver", "Council_McpGreen");
    await must(instance, "driver", "Environment_Deprovision", { reason: "version 2" });
    await provide(instance);
    await must(instance, "driver", "Lifecycle_AllReady");
    expect(project(instance).context.execution).toMatchObject({ content_hash: second, version: 2 });
  });

  let sessions = 0;
  async function work(instance: string, task: string): Promise<void> {
    sessions += 1;
    const session = `s${sessions}`;
    const holder = instance.slice("project/".length);
    const asked = { holder, kind: "task", pool: "main", task };
    await must(`session/${session}`, "driver", "Session_Request", asked);
    const key = stage.key("a1").identity;
    const allocated = { agent: "a1", fence: sessions, key };
    await must(`session/${session}`, "driver", "Session_Allocate", allocated);
    const lease = { fence: sessions, session, task };
    await must(instance, "driver", "Execution_TaskAssigned", lease);
    const ended = { ...lease, evidence: stage.evidence };
    await must(instance, "a1", "Execution_TaskFinished", ended);
  }
});

describe("an environment that is half made", () => {
  /** Where whoever provisions can be killed: after each of its effects. */
  const CUTS = ["nothing", "capacity", "installed", "green"] as const;

  it.each(CUTS)("is given back whole after %s, and made again", async (cut) => {
    const instance = await begin();
    await ingest(instance, "one");
    const { content_hash: hash, version } = project(instance).context.ingestion;
    const asked = { assets: ["checkout"], content_hash: hash, demand: 1, lead: "a1", version };
    const reserved = (): number => {
      const { reservations } = Object(stage.document("capacity/main")?.context) as {
        reservations: readonly { holder: string; count: number }[];
      };
      return reservations
        .filter(({ holder }) => holder === project(instance).id)
        .reduce((sum, { count }) => sum + count, 0);
    };
    const steps: readonly (() => Promise<void>)[] = [
      () => must(instance, "driver", "Environment_CapacityOk", asked),
      () => must(instance, "a1", "Environment_Installed", installed(instance)),
      () => must(instance, "driver", "Environment_Green"),
    ];
    for (const step of steps.slice(0, CUTS.indexOf(cut))) await step();
    expect(reserved()).toBe(cut === "nothing" ? 0 : 1);
    const late = stage.act(instance, "a1", "Environment_Installed", installed(instance));
    await must(instance, "driver", "Environment_Deprovision", { reason: "the lead is gone" });
    expect(reserved()).toBe(0);
    expect(project(instance).context.environment).toMatchObject({
      assets: [],
      demand: 0,
      lead: "",
    });
    // Who comes back late with what it made is refused: its effect is closed.
    expect(await refusal(late)).toMatch(/^(?:not_enabled|effect_closed)/);
    await provide(instance);
    expect(reserved()).toBe(1);
    expect(project(instance).in("Environment.READY")).toBe(true);
  });
});
