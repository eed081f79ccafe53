import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalize } from "@swoosh/kernel";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Project } from "../driver/project-document.ts";
import { HttpRig } from "../http/test/http-rig.ts";
import type { RuleSet } from "../providers/shhh/secret-rule.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { createScreen } from "../screen/create-screen.ts";
import { asOperator } from "./service-identities.ts";
import { startProjects, type Projects } from "./start-projects.ts";

/** Put together here, so that no scanner of repositories takes this file for a leak. */
const SECRET = ["AKIA", "Q7RSTUV2WXYZ3ABC"].join("");
const INSTANCE = "project/content";
const RULE = "aws-access-key";

let rig: HttpRig;
let projects: Projects;
beforeAll(async () => {
  rig = await HttpRig.open({ rules: SHIPPED_RULES });
  projects = await start(SHIPPED_RULES);
});
afterAll(async () => {
  await projects.stop();
  await rig.close();
});

function start(rules: RuleSet): Promise<Projects> {
  const screen = createScreen(rig.node.folder, rules);
  return startProjects(rig.node, rig.server.http, { log: () => {}, screen, beatsPerMinute: 0 });
}

/** The same server under other rules: a start is when quarantines are judged again. */
async function restart(rules: RuleSet): Promise<void> {
  await projects.stop();
  projects = await start(rules);
}

function project(): Project {
  const document = rig.node.engine.state.head(INSTANCE)?.document;
  if (document === undefined) throw new Error(`${INSTANCE} is not there`);
  return new Project(document);
}

function untilIn(leaf: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!project().in(leaf)) return;
      stop();
      resolve();
    };
    const stop = rig.node.onRecord(() => setImmediate(look));
    setImmediate(look);
  });
}

it("content that is quarantined is fetched again, as it is by then, under a newer policy that allows it", async () => {
  const source = join(rig.folder, "source");
  mkdirSync(source);
  writeFileSync(join(source, "swoosh.yaml"), "goal: try\ntasks: [{ id: one, run: echo }]\n");
  writeFileSync(join(source, "deploy.ini"), `id = ${SECRET}\n`);
  const config = canonicalize({ project_file: "swoosh.yaml", source });
  const begun = await asOperator(rig.node)(INSTANCE, "Boot_ConfigOk", {
    config_hash: rig.node.blobs.save(Buffer.from(config)),
    identities: ["driver", "ingest", "shhh"],
  });
  expect(begun.ok).toBe(true);
  await untilIn("Policy.QUARANTINED");
  const { subject } = project().context.policy;
  expect(project().in("Ingestion.VALIDATE")).toBe(true);
  expect(project().context.ingestion.content_hash).toBe(subject);

  // Newer, and it denies still: the content stays where it is.
  await restart({ ...SHIPPED_RULES, version: SHIPPED_RULES.version + 1 });
  expect(project().in("Policy.QUARANTINED")).toBe(true);

  writeFileSync(join(source, "more.txt"), "written meanwhile\n");
  const rules = SHIPPED_RULES.rules.filter(({ id }) => id !== RULE);
  const version = SHIPPED_RULES.version + 2;
  await restart({ ...SHIPPED_RULES, rules, version });
  await untilIn("Ingestion.READY");
  const after = project();
  expect(after.in("Policy.CLEAR")).toBe(true);
  const { content_hash: content } = after.context.ingestion;
  expect(content).not.toBe(subject);
  expect(after.context.ingestion).toMatchObject({ files: 3, policy_version: version });
  const policy = rig.node.engine.state.head("policy/content")?.document.context;
  expect(policy).toMatchObject({
    policy_version: version,
    verdicts: [
      { policy_version: version, subject: content, verdict: "allow" },
      { policy_version: version, subject, verdict: "allow" },
    ],
  });
});
