import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import { FakeGitea } from "../ingest/gitea/test/fake-gitea.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { Secret } from "../settings/secret.ts";
import { Sink } from "./test/sink.ts";
import { startProjects, type Projects } from "./start-projects.ts";
import { NO_WORLD } from "./world-settings.ts";

/** Of a run before, when the sink did not want it. */
const DEAD_LETTER = {
  key: "bubble://dr/refused-once",
  reason: "HTTP 422",
  at: 1,
  attempts: 1,
  document: { id: "bubble://dr/refused-once", index: -1, transition: "Switch_Flip" },
};
const DEAD_LETTERS = (): string => join(rig.node.folder, "emit", "bubble.dead.jsonl");

const bubble = new Sink(1);
const slurp = new Sink();
const gitea = new FakeGitea();
let rig: HttpRig;
let projects: Projects;
beforeAll(async () => {
  await bubble.open();
  await slurp.open();
  await gitea.open();
  rig = await HttpRig.open({ rules: SHIPPED_RULES });
  // Pauses of emitters pass with the log.
  rig.node.onRecord(() => setImmediate(() => rig.clock.advance(2_000)));
  gitea.issues.push({ repository: "o/r", number: 3, labels: ["chorus-entrypoint"] });
  mkdirSync(join(rig.node.folder, "emit"));
  writeFileSync(DEAD_LETTERS(), `${JSON.stringify(DEAD_LETTER)}\n`);
  projects = await startProjects(rig.node, rig.server.http, {
    log: () => {},
    screen: rig.screen,
    beatsPerMinute: 0,
    world: {
      ...NO_WORLD,
      bubble: bubble.url,
      slurp: slurp.url,
      gitea: { url: gitea.url, token: new Secret(gitea.token), everyMs: 60_000 },
    },
  });
});
afterAll(async () => {
  await projects.stop();
  await rig.close();
  await gitea.close();
  bubble.close();
  slurp.close();
});

it("sends every decision record to BUBBLE, in order, under its id, past a sink that was away", async () => {
  const index = await rig.flip("a");
  await bubble.until(() => bubble.sent.some(({ document }) => document.index === index));
  const told = bubble.sent.map(({ document }) => document.index).filter((one) => one >= 0);
  expect(told.slice(0, index + 1)).toEqual(Array.from({ length: index + 1 }, (_, at) => at));
  for (const { document, key } of bubble.sent) expect(key).toBe(document.id);
  const decision = await rig.json(`/decisions?instance=switch/a`);
  expect(Object(decision["items"])[0]).toEqual(
    bubble.sent.find(({ document }) => document.index === index)?.document,
  );
});

it("sends what was refused once more, now that the server starts anew", async () => {
  await bubble.until(() => bubble.sent.some(({ key }) => key === DEAD_LETTER.key));
  while (readFileSync(DEAD_LETTERS(), "utf8") !== "") await rig.flip("b");
  expect(bubble.sent.filter(({ key }) => key === DEAD_LETTER.key)).toHaveLength(1);
});

it("begins the project of an open entry point of Gitea", async () => {
  await bubble.until(() =>
    bubble.sent.some(({ document }) => document.transition === "Boot_ConfigOk"),
  );
  const begun = [...rig.node.engine.instances()].filter((name) => name.startsWith("project/"));
  expect(begun).toEqual([expect.stringMatching(/^project\/o-r-3-[0-9a-f]{8}$/)]);
  expect(gitea.asked).toContain("/api/v1/repos/issues/search");
  // SLURP takes submissions alone, and nothing was submitted.
  expect(slurp.sent).toEqual([]);
});
