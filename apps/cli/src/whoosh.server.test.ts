import { spawn, type ChildProcess } from "node:child_process";
import { createHash, createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseHlc } from "@swoosh/kernel";
import { freePort } from "@swoosh/test";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runSwoosh } from "./test/run-swoosh.ts";

const SWOOSH = fileURLToPath(new URL("../bin/swoosh.mjs", import.meta.url));
const SECRET = "a secret of the webhook";
const GITEA = "http://gitea.test:3000";
const root = mkdtempSync(join(tmpdir(), "swoosh-whoosh-"));
const data = join(root, "data");
const callers = join(root, "callers.yaml");
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

let child: ChildProcess | undefined;
let url = "";
/** Where nobody listens. */
let away = 0;

/** The real server, with whatever was left in its folder. */
async function start(status = 202): Promise<void> {
  const flags = [
    "--data",
    data,
    "--port",
    "0",
    "--projects",
    "--whoosh-callers",
    callers,
    "--beats-per-minute",
    "0",
  ];
  child = spawn(process.execPath, [SWOOSH, "up", ...flags], {
    env: {
      ...process.env,
      SWOOSH_WHOOSH_GITEA: GITEA,
      SWOOSH_WHOOSH_GITEA_SECRET: SECRET,
      SWOOSH_WHOOSH_ORIGINS: "https://whoosh.test",
      SWOOSH_WHOOSH_STATUS: String(status),
      // Nobody: nothing is submitted here, and the server says whom it misses.
      SWOOSH_SLURP_URL: `http://127.0.0.1:${away}/`,
    },
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (child.stdout === null) throw new Error("the server has no standard output");
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "exit").then(() => Promise.reject(new Error("it did not begin")));
  ended.catch(() => {});
  const [line]: readonly string[] = await Promise.race([once(lines, "line"), ended]);
  const ready: { readonly url: string } = JSON.parse(line ?? "");
  url = ready.url;
}

async function kill(signal: NodeJS.Signals): Promise<void> {
  const dying = child;
  child = undefined;
  if (dying === undefined || dying.exitCode !== null) return;
  const ended = once(dying, "exit");
  dying.kill(signal);
  await ended;
}

beforeAll(async () => {
  away = await freePort();
  writeFileSync(
    callers,
    [
      "callers:",
      ...["chorus-1", "chorus-2", "broker"].map(
        (name) => `  - { name: ${name}, token: "sha256-${sha256(`token-of-${name}`)}" }`,
      ),
      `  - { name: reader, token: "sha256-${sha256("token-of-reader")}", rows: [status, team] }`,
    ].join("\n"),
  );
});
afterAll(async () => {
  await kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

/** What a client of WHOOSH sends, and has always sent. */
interface Call {
  readonly by: string | null;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
}

/** The three headers that are new to it. */
const three = (key: string, hlc: string, window?: string): Record<string, string> => ({
  "idempotency-key": key,
  "x-hlc": hlc,
  ...(window === undefined ? {} : { "x-window-id": window }),
});

async function send(
  call: Call,
  headers: Readonly<Record<string, string>> = {},
): Promise<{
  readonly status: number;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
  readonly replayed: boolean;
}> {
  const response = await fetch(`${url}${call.path}`, {
    method: call.method ?? (call.body === undefined ? "GET" : "POST"),
    headers: {
      ...(call.by === null ? {} : { authorization: `Bearer token-of-${call.by}` }),
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  const text = await response.text();
  const replayed = response.headers.get("idempotent-replayed") === "true";
  return { status: response.status, text, replayed, json: text === "" ? {} : JSON.parse(text) };
}

const issue = (labels: readonly string[]) => ({
  action: "label_updated",
  issue: {
    html_url: `${GITEA}/acme/site/issues/7`,
    labels: labels.map((name) => ({ name })),
    number: 7,
    state: "open",
    title: "Design Brief",
  },
  repository: {
    clone_url: `${GITEA}/acme/site.git`,
    default_branch: "main",
    full_name: "acme/site",
  },
  sender: { login: "ada" },
});

/** A delivery of a Gitea: what it retries has the same id, and every event of one issue another. */
function deliver(body: object, event = "issues", secret = SECRET): ReturnType<typeof send> {
  const text = JSON.stringify(body);
  return send(
    { by: null, path: "/webhooks/gitea", body },
    {
      "x-gitea-delivery": randomUUID(),
      "x-gitea-event": event,
      "x-gitea-signature": createHmac("sha256", secret).update(text).digest("hex"),
    },
  );
}

const claim = (project: string, by: string, role = "developer"): Call => ({
  by,
  path: `/api/v1/councils/${project}/claims`,
  body: { agent_id: by, role, capabilities: ["backend"], claimed_at: 1_760_860_800 },
});
const claimsIn = async (project: string): Promise<readonly unknown[]> => {
  const read = await send({ by: "broker", path: `/api/v1/councils/${project}/claims` });
  const { claims }: { claims?: { state: { context: { claims: readonly unknown[] } } } } =
    JSON.parse(read.text);
  return claims?.state.context.claims ?? [];
};
const sizeOf = async (): Promise<number> => {
  const read = await send({ by: "reader", path: "/api/v1/status" });
  const { health }: { health: { treeSize: number } } = JSON.parse(read.text);
  return health.treeSize;
};

/** Until the project can be claimed: services begin it, one step after the other. */
async function untilLicensed(): Promise<void> {
  const tail = await fetch(`${url}/journal?from=0`, { headers: { accept: "text/event-stream" } });
  let text = "";
  for await (const chunk of tail.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes('"transition":"Boot_Licensed"')) return;
  }
  throw new Error("the journal ended");
}

it("answers callers of WHOOSH who add three headers, through duplicates, redeliveries and kills", async () => {
  await start();

  // Gitea: an issue begins a project, once, however often and by whichever event it is told.
  const entry = issue(["chorus-entrypoint"]);
  expect((await deliver(entry, "issues", "another secret than ours")).status).toBe(401);
  expect((await deliver(issue(["bug"]))).status).toBe(204);
  expect((await deliver(entry, "push")).status).toBe(204);
  const begun = await deliver(entry);
  expect([begun.status, begun.json["transition"]]).toEqual([202, "Boot_ConfigOk"]);
  const again = await Promise.all([deliver(entry), deliver(entry, "issue_label"), deliver(entry)]);
  for (const one of again) expect(one).toEqual({ ...begun, replayed: true });
  const project = String(begun.json["instance"]).replace("project/", "");
  expect(project).toMatch(/^acme-site-7-[0-9a-f]{8}$/u);
  await untilLicensed();
  const team = await send({ by: "reader", path: `/api/v1/teams/${project}` });
  expect([team.status, team.text]).toEqual([200, expect.stringContaining("PLAN_ROLES")]);
  const now = parseHlc(String(begun.json["hlc"]))?.wallMs ?? 0;

  // Agents claim: one key raced by eight deliveries, then an agent that repeats itself without any key at all.
  const key = randomUUID();
  const hlc = `${now}-1-0000000000000001`;
  const race = await Promise.all(
    Array.from({ length: 8 }, () => send(claim(project, "chorus-1"), three(key, hlc))),
  );
  expect(new Set(race.map(({ text }) => text)).size).toBe(1);
  expect(race.map(({ status }) => status)).toEqual(race.map(() => 202));
  expect(race.filter(({ replayed }) => !replayed)).toHaveLength(1);
  const first = await send(claim(project, "chorus-2", "tester"));
  const rebroadcast = await send(claim(project, "chorus-2", "tester"));
  expect(rebroadcast).toEqual({ ...first, replayed: true });
  expect(await claimsIn(project)).toMatchObject([{ role: "developer" }, { role: "tester" }]);
  // The same key for something else is no repetition.
  expect((await send(claim(project, "chorus-1", "lead"), three(key, hlc))).status).toBe(409);

  // Every form of a clock; and one that cannot be right.
  const iso = new Date(now + 7_200_000).toISOString().replace("Z", "+02:00");
  const forms = [`${iso}#3`, `${now.toString(16)}:1:node-001`, "0001:0002:0003"];
  for (const [place, form] of forms.entries()) {
    const own = `acme:${place}:claim:${randomUUID()}`;
    const answer = await send(claim(project, "chorus-1", `role${place}`), three(own, form));
    expect([form, answer.status]).toEqual([form, 202]);
  }
  const wrong = await send(claim(project, "chorus-1"), three("a:1:b:c", "yesterday"));
  expect([wrong.status, wrong.json["code"]]).toEqual([400, "malformed"]);
  const early = await send(claim(project, "chorus-1"), three("a:1:b:d", "1-0-0000000000000001"));
  expect([early.status, early.json["code"]]).toEqual([400, "clock_behind"]);

  // The broker passes on a task, twice; the decision record says for whom.
  const ingest = { by: "broker", path: "/api/v1/tasks/ingest", body: issue(["bzzz-task"]) };
  const task = await send(ingest, three(randomUUID(), hlc));
  expect([task.status, task.json["transition"]]).toEqual([202, "Task_Specify"]);
  const size = await sizeOf();

  // Killed, and begun again as old callers want it, who know 200 alone.
  await kill("SIGKILL");
  await start(200);

  // Every repetition still gets its first answer, byte for byte, and nothing was added by it.
  const late = await send(claim(project, "chorus-1"), three(key, `${now}-9-0000000000000001`));
  const repeated = { replayed: true, status: 200 };
  expect(late).toEqual({ ...race[0], ...repeated });
  expect(await deliver(entry, "issue_label")).toEqual({ ...begun, ...repeated });
  expect(await send(claim(project, "chorus-2", "tester"))).toEqual({ ...first, ...repeated });
  const decisions = await fetch(`${url}/decisions?instance=project/${project}&limit=1000`);
  const { items }: { readonly items: readonly Record<string, unknown>[] } = JSON.parse(
    await decisions.text(),
  );
  const made = items.filter(({ transition }) => transition === "Council_Claim");
  expect(made.map(({ justification }) => justification)).toEqual([
    "on_behalf_of chorus-1",
    "on_behalf_of chorus-2",
    ...forms.map(() => "on_behalf_of chorus-1"),
  ]);
  expect(new Set(made.map(({ signer }) => signer)).size).toBe(2);
  expect(await sizeOf()).toBeGreaterThanOrEqual(size);

  // Who composes councils: an opportunity names the roles, and is told again as the first time.
  const opportunity = (...roles: readonly string[]) => ({
    by: "broker",
    path: "/api/v1/opportunities/council",
    body: { council_id: "council-9", core_roles: ["tester"], project_id: project, roles },
  });
  const unclaimed = await send(opportunity("tester", "nobodys"));
  expect([unclaimed.status, unclaimed.json["guard"]]).toEqual([400, "rolesClaimed"]);
  const composed = await send(opportunity("role2", "tester"));
  expect([composed.status, composed.json]).toMatchObject([
    200,
    { instance: `project/${project}`, transition: "Council_ProfilesLoaded" },
  ]);
  expect(await send(opportunity("role2", "tester"))).toEqual({ ...composed, replayed: true });
  const council = await send({ by: "broker", path: `/api/v1/councils/${project}` });
  expect(council.text).toContain('"roles":["role2","tester"]');
  const other = opportunity("tester");
  const nowhere = await send({ ...other, body: { ...other.body, project_id: "none" } });
  expect([nowhere.status, nowhere.json["code"]]).toEqual([400, "unknown_instance"]);
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.text()]).toEqual([
    503,
    expect.stringContaining(`slurp-url: 127.0.0.1:${away} cannot be reached`),
  ]);

  // Peers, topology, health: reads.
  const reads = ["bootstrap-peers", "topology", "status"].map((name) => `/api/v1/${name}`);
  for (const path of [...reads, "/admin/health/details", `/api/v1/councils/${project}`]) {
    const read = await send({ by: "broker", path }, { "x-request-id": "r-1" });
    expect([path, read.status, read.json["request_id"]]).toEqual([path, 200, "r-1"]);
  }
  expect((await send({ by: "broker", path: "/api/v1/councils/nobody" })).status).toBe(404);

  // What the table does not know, and who may not.
  const unmapped = await send({ by: "broker", path: "/api/v1/teams/a/submissions", body: {} });
  expect([unmapped.status, unmapped.json["code"]]).toEqual([501, "not_mapped"]);
  expect(unmapped.text).toContain("config/whoosh.yaml");
  const ask = async (by: string | null, path: string, headers = {}): Promise<number> =>
    (await send({ by, path }, headers)).status;
  expect(await ask("broker", "/ws")).toBe(501);
  expect(await ask(null, "/api/v1/status")).toBe(401);
  expect(await ask("nobody", "/api/v1/unknown")).toBe(401);
  expect(await ask("reader", "/api/v1/topology")).toBe(403);
  expect(await ask("reader", "/api/v1/status", { origin: "https://evil.test" })).toBe(403);
  expect(await ask("reader", "/api/v1/status", { origin: "https://whoosh.test" })).toBe(200);
  expect(await hostStatus("rebound.test")).toBe(403);

  await kill("SIGTERM");
  expect((await runSwoosh(["verify", "--data", data, "--signatures"])).code).toBe(0);
});

/** `fetch` would not send another host's name. */
async function hostStatus(host: string): Promise<number | undefined> {
  const headers = { host, authorization: "Bearer token-of-reader" };
  const asked = request(`${url}/api/v1/status`, { headers });
  asked.end();
  const [response]: readonly { readonly statusCode?: number; resume(): void }[] = await once(
    asked,
    "response",
  );
  response?.resume();
  return response?.statusCode;
}
