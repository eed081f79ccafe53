import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { canonicalize } from "@swoosh/kernel";
import { afterAll, beforeAll, expect, it } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { asOperator } from "./service-identities.ts";
import { startProjects, type Projects } from "./start-projects.ts";

const GIBIBYTE = 1_073_741_824;
const GOOD = "goal: try\ntasks: [{ id: one, run: echo }]\n";

let rig: HttpRig;
let projects: Projects;
beforeAll(async () => {
  rig = await HttpRig.open({ rules: SHIPPED_RULES });
  projects = await startProjects(rig.node, rig.server.http, {
    log: () => {},
    screen: rig.screen,
    beatsPerMinute: 0,
  });
});
afterAll(async () => {
  await projects.stop();
  await rig.close();
});

let made = 0;
function folder(files: Readonly<Record<string, string>>): string {
  made += 1;
  const path = join(rig.folder, `source-${made}`);
  mkdirSync(path);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

/** A repository that git reaches under an address, as it would reach one far away. */
function gitUrl(files: Readonly<Record<string, string>>): string {
  const path = folder(files);
  const git = (...argv: readonly string[]): void => {
    const who = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    execFileSync("git", ["-C", path, ...who, ...argv], { stdio: "ignore" });
  };
  git("init", "--quiet");
  git("add", ".");
  git("commit", "--quiet", "-m", "one");
  return `file://${path}`;
}

async function begin(source: string): Promise<string> {
  made += 1;
  const instance = `project/s${made}`;
  const config = canonicalize({ project_file: "swoosh.yaml", source });
  const answer = await asOperator(rig.node)(instance, "Boot_ConfigOk", {
    config_hash: rig.node.blobs.save(Buffer.from(config)),
    identities: ["driver", "ingest", "shhh"],
  });
  expect(answer.ok).toBe(true);
  return instance;
}

function untilIn(instance: string, leaf: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const { configuration = [] } = rig.node.engine.state.head(instance)?.document ?? {};
      if (!configuration.some((one) => one.endsWith(leaf))) return;
      stop();
      resolve();
    };
    const stop = rig.node.onRecord(() => setImmediate(look));
    setImmediate(look);
  });
}

/** The reason in the document, and every problem out of the evidence that the log names. */
async function rejection(
  instance: string,
): Promise<{ readonly reason: string; readonly problems: readonly string[] }> {
  await untilIn(instance, "Ingestion.REJECTED");
  const { ingestion } = Object(rig.node.engine.state.head(instance)?.document.context) as {
    ingestion: { reason: string };
  };
  const decisions = await rig.json(`/decisions?instance=${instance}&transition=Ingestion_Rejected`);
  const { items } = decisions as unknown as { items: readonly { evidence: readonly string[] }[] };
  const bytes = rig.node.blobs.read(items.at(-1)?.evidence[0] ?? "");
  const { problems }: { problems: readonly string[] } = JSON.parse(
    Buffer.from(bytes ?? []).toString(),
  );
  return { reason: ingestion.reason, problems };
}

it("rejects a broken project file out of a git URL with every line and column, and ingests the mended one", async () => {
  const broken = "goal: try\ntasks:\n  - id: one\n    rnu: echo\n  - { id: two, run: 3 }\n";
  const url = gitUrl({ "swoosh.yaml": broken });
  const instance = await begin(url);
  const { problems, reason } = await rejection(instance);
  expect(problems.length).toBeGreaterThan(1);
  for (const problem of problems) expect(problem).toMatch(/^swoosh\.yaml:\d+:\d+: /);
  expect(problems.map((problem) => problem.split(":")[1])).toContain("5");
  expect(reason).toMatch(/^swoosh\.yaml:\d+:\d+: .*; \d+ problems in all$/);
  const why = await rig.json(`/explain?instance=${instance}`);
  expect(JSON.stringify(why)).toContain("Ingestion_NewVersion");
  const path = url.slice("file://".length);
  writeFileSync(join(path, "swoosh.yaml"), GOOD);
  execFileSync("git", [
    "-C",
    path,
    ...["-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qam", "mended"],
  ]);
  expect((await asOperator(rig.node)(instance, "Ingestion_NewVersion")).ok).toBe(true);
  await untilIn(instance, "Ingestion.READY");
});

it.each<readonly [what: string, source: () => string, problem: RegExp]>([
  ["a folder without a project file", () => folder({ "a.txt": "a" }), /there is no swoosh\.yaml/],
  ["nothing", () => join(rig.folder, "nowhere"), /^bad_source: /],
  [
    "a link out of the tree",
    () => {
      const path = folder({ "swoosh.yaml": GOOD });
      symlinkSync("../../etc/passwd", join(path, "out"));
      return path;
    },
    /^link_leads_out: /,
  ],
  [
    "a file of 1 GiB, before it is read",
    () => {
      const path = folder({ "swoosh.yaml": GOOD, big: "" });
      truncateSync(join(path, "big"), GIBIBYTE);
      return path;
    },
    /^file_too_large: .*big/,
  ],
  ["a host that is not on the list", () => "https://git.example/a.git", /^outbound_refused: /],
])("rejects %s", async (_what, source, problem) => {
  const { problems } = await rejection(await begin(source()));
  expect(problems).toEqual([expect.stringMatching(problem)]);
});

/** Of a server that was there, and is not any more. */
async function goneUrl(): Promise<string> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

it("tries an address that cannot be reached a few times, and then rejects it", async () => {
  const { problems } = await rejection(await begin(`${await goneUrl()}/a.git`));
  expect(problems).toEqual([expect.stringMatching(/^unreachable_source: .*\(5 attempts\)$/)]);
});
