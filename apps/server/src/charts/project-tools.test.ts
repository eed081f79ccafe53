import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "@swoosh/kernel";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Project } from "../driver/project-document.ts";
import { Leader } from "../follow/test/leader.ts";
import { ProjectStage } from "../follow/test/project-stage.ts";

const INSTANCE = "project/tooled";
const PROBE_MS = 60_000;

const root = mkdtempSync(join(tmpdir(), "swoosh-tools-"));
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

const must = (by: string, transition: string, inputs: JsonObject = {}): Promise<void> =>
  stage.must(stage.act(INSTANCE, by, transition, inputs));

const probe = (name: string, transition: string, inputs: JsonObject): Promise<void> => {
  const valid_until = leader.clock.now() + PROBE_MS;
  return stage.must(
    stage.act(`tool/${name}`, "facts", transition, { endpoint: "stdio:x", valid_until, ...inputs }),
  );
};

const up = (name: string, version: string): Promise<void> =>
  probe(name, "Tool_Up", { pinned: "", tools: 1, version });

/** What it says of the tools that the council waits for. */
const owed = async (): Promise<string> =>
  leader.refusalOf(stage.act(INSTANCE, "driver", "Council_McpGreen"));

it("a council that waits for tools names each of them, and what it lacks", async () => {
  const identities = ["driver", "ingest", "shhh"];
  await must("driver", "Boot_ConfigOk", { config_hash: stage.evidence, identities });
  await must("driver", "Boot_Licensed");
  await stage.ingest(INSTANCE, "content");
  for (const [name, role] of [
    ["a1", "builder"],
    ["a2", "builder"],
    ["a3", "reviewer"],
  ] as const)
    await must(name, "Council_Claim", { load: 0, role, weight: 50 });
  const roles = ["builder", "reviewer"];
  const tools = ["good", "lost", "stale", "other", "never"].map((name) => ({ name, pin: "1.0" }));
  await must("driver", "Council_ProfilesLoaded", { core_roles: roles, roles, tools });
  const document = stage.document(INSTANCE);
  if (document === undefined) throw new Error("the project is not there");
  await stage.must(stage.certificate(new Project(document), { builders: 2 }));

  await up("stale", "1.0");
  leader.clock.advance(PROBE_MS);
  await up("good", "1.0");
  await up("other", "2.0");
  await probe("lost", "Tool_Down", { reason: "it ended" });
  expect(await owed()).toBe(
    "guard_failed: the MCP provider owes what is not up, on its pin and lately probed: " +
      JSON.stringify([
        "lost is not up",
        "stale was not probed lately",
        "other has version 2.0, its pin is 1.0",
        "never was never probed",
      ]),
  );

  for (const name of ["lost", "stale", "other", "never"]) await up(name, "1.0");
  expect(await owed()).toBe("accepted");
});
