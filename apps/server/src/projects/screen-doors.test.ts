import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalize, type JsonObject } from "@swoosh/kernel";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HttpRig } from "../http/test/http-rig.ts";
import { PrivateKey } from "../keys/private-key.ts";
import { SHIPPED_RULES } from "../providers/shhh/shipped-rules.ts";
import { createScreen } from "../screen/create-screen.ts";
import { secretProblem } from "../screen/screen-proposal.ts";
import { asOperator } from "./service-identities.ts";
import { proposeAs } from "./propose-as.ts";
import { screened } from "./quarantine.ts";
import { startProjects, type Projects } from "./start-projects.ts";

/** Put together here, so that no scanner of repositories takes this file for a leak. */
const SECRET = ["AKIA", "Q7RSTUV2WXYZ3ABC"].join("");
const REDACTED = ["s3cr3t", "and-long"].join("-");

let rig: HttpRig;
let projects: Projects;
let agent: PrivateKey;
let session: Readonly<Record<string, string>>;
const log: string[] = [];

beforeAll(async () => {
  rig = await HttpRig.open({ rules: SHIPPED_RULES });
  projects = await start();
  agent = await rig.register("agent-1", [
    { role: "agent", scope: "project/*" },
    { role: "operator", scope: "session/*" },
  ]);
  session = await rig.session(agent);
});
afterAll(async () => {
  await projects.stop();
  await rig.close();
});

function start(screen = rig.screen): Promise<Projects> {
  return startProjects(rig.node, rig.server.http, {
    log: (...line) => log.push(JSON.stringify(line)),
    screen,
    beatsPerMinute: 0,
  });
}

let begun = 0;
async function begin(): Promise<string> {
  begun += 1;
  const instance = `project/p${begun}`;
  const config = canonicalize({ project_file: "swoosh.yaml", source: "/nowhere" });
  const configHash = rig.node.blobs.save(Buffer.from(config));
  const answer = await asOperator(rig.node)(instance, "Boot_ConfigOk", {
    config_hash: configHash,
    identities: ["driver", "ingest", "shhh"],
  });
  expect(answer.ok).toBe(true);
  return instance;
}

const isQuarantined = (instance: string): boolean =>
  rig.node.engine.state.head(instance)?.document.configuration.includes("Policy.QUARANTINED") ===
  true;

const policyOf = (instance: string): JsonObject =>
  Object(rig.node.engine.state.head(instance)?.document.context["policy"]);

/** Everything that is on the disk or in the log, and holds the text. */
function holdersOf(text: string): readonly string[] {
  const files = readdirSync(rig.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(text));
  return [...files, ...log.filter((line) => line.includes(text))];
}

async function codeOf(response: Response): Promise<string> {
  const text = await response.text();
  expect(text).not.toContain(SECRET);
  const { code = "accepted" }: { code?: string } = JSON.parse(text);
  return `${response.status} ${code}`;
}

const put = (bytes: Uint8Array | string, query: string): Promise<Response> =>
  fetch(`${rig.server.url}/evidence${query}`, {
    method: "PUT",
    headers: { ...session, "content-type": "application/octet-stream" },
    body: Buffer.from(bytes),
  });

const claim = { load: 0, weight: 1 };

describe("a secret at a door", () => {
  it.each<readonly [door: string, wish: { inputs: JsonObject; justification?: string }]>([
    ["an input", { inputs: { ...claim, role: SECRET } }],
    ["the name of an input", { inputs: { ...claim, role: "r", [SECRET]: 1 } }],
    ["a justification", { inputs: { ...claim, role: "r" }, justification: `use ${SECRET}` }],
  ])("in %s is refused, kept nowhere, and quarantines the project", async (_door, wish) => {
    const instance = await begin();
    const proposal = { instance, transition: "Council_Claim", signer: agent, ...wish };
    expect(await codeOf(await rig.propose(proposal))).toBe("422 secret_found");
    expect(isQuarantined(instance)).toBe(true);
    expect(policyOf(instance)).toMatchObject({
      rationale: expect.stringMatching(/^aws-access-key in /),
      subject: expect.stringMatching(/^sha256-[0-9a-f]{64}$/),
    });
    expect(holdersOf(SECRET)).toEqual([]);
  });

  it("is found behind every escape of JSON", async () => {
    const instance = await begin();
    const inputs = { ...claim, role: SECRET };
    const text = rig.wire({ instance, transition: "Council_Claim", signer: agent, inputs });
    const escaped = text.replaceAll(SECRET, `\\u0041${SECRET.slice(1)}`);
    expect(escaped).not.toContain(SECRET);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${rig.server.url}/transition`, {
      method: "POST",
      headers,
      body: escaped,
    });
    expect(await codeOf(answer)).toBe("422 secret_found");
    expect(isQuarantined(instance)).toBe(true);
  });

  it("in a stream is refused on its line; the lines beside it go on", async () => {
    const instance = await begin();
    const line = (role: string) =>
      rig.wire({
        instance,
        transition: "Council_Claim",
        signer: agent,
        inputs: { ...claim, role },
      });
    const answer = await fetch(`${rig.server.url}/transitions`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: `${line("a")}\n${line(SECRET)}\n`,
    });
    const codes = (await answer.text())
      .trim()
      .split("\n")
      .map((text) => Object(JSON.parse(text))["code"]);
    expect(codes[1]).toBe("secret_found");
    expect(codes[0]).not.toBe("secret_found");
    expect(isQuarantined(instance)).toBe(true);
  });

  it("of a stranger, or of somebody without a role there, is refused and quarantines nobody", async () => {
    const instance = await begin();
    const outsider = await rig.register("outsider", [{ role: "agent", scope: "project/other" }]);
    for (const signer of [PrivateKey.generate(), outsider]) {
      const inputs = { ...claim, role: SECRET };
      const answer = await rig.propose({ instance, transition: "Council_Claim", signer, inputs });
      expect(await codeOf(answer)).toBe("422 secret_found");
    }
    expect(isQuarantined(instance)).toBe(false);
  });

  it("in evidence is refused, never on the disk, and quarantines the project that it is for", async () => {
    const instance = await begin();
    const large = Buffer.alloc(3_000_000, "a line of a log\n");
    large.write(`\n${SECRET}\n`, 2_100_000);
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(SECRET, "utf16le")]);
    for (const bytes of [Buffer.from(`id = ${SECRET}\n`), large, utf16])
      expect(await codeOf(await put(bytes, "?name=output"))).toBe("422 secret_found");
    expect(isQuarantined(instance)).toBe(false);
    const answer = await put(`id = ${SECRET}\n`, `?for=${instance}&name=dist/a.ini`);
    expect(await codeOf(answer)).toBe("422 secret_found");
    expect(policyOf(instance)["rationale"]).toBe("aws-access-key in dist/a.ini:1");
    expect(holdersOf(SECRET)).toEqual([]);
    expect(holdersOf(Buffer.from(SECRET, "utf16le").toString("latin1"))).toEqual([]);
  });

  it("that the policy cuts out is not kept either, and the answer names what is", async () => {
    const instance = await begin();
    const text = `postgres://app:${REDACTED}@db/app\n`;
    const answer = await put(text, `?for=${instance}`);
    const body: { hash: string; redactions: number; bytes: number } = JSON.parse(
      await answer.text(),
    );
    const kept = Buffer.from(rig.node.blobs.read(body.hash) ?? []).toString();
    expect(kept).toBe("postgres://app:[redacted url-password]@db/app\n");
    expect(body).toMatchObject({ bytes: kept.length, redactions: 1 });
    expect(isQuarantined(instance)).toBe(false);
    expect(holdersOf(REDACTED)).toEqual([]);
  });

  it("in what an agent says reaches no proposal of the server's own", async () => {
    const instance = await begin();
    const propose = screened(proposeAs(rig.node, agent), rig.screen);
    const answer = await propose(instance, "Council_Claim", { ...claim, role: SECRET });
    expect(answer).toMatchObject({ ok: false, code: "secret_found" });
    expect(isQuarantined(instance)).toBe(true);
  });

  it("names what was found, and not the secret", () => {
    const finding = rig.screen.proposal(canonicalize({ inputs: { a: { b: ["x", SECRET] } } }));
    expect(finding?.scan.findings).toMatchObject([{ place: "inputs.a.b[1]", line: 1 }]);
    expect(finding === undefined ? "" : secretProblem(finding).detail).toMatch(
      /aws-access-key in inputs\.a\.b\[1\]; take it out/,
    );
  });
});

describe("a quarantine", () => {
  async function quarantined(): Promise<string> {
    const instance = await begin();
    const inputs = { ...claim, role: SECRET };
    await rig.propose({ instance, transition: "Council_Claim", signer: agent, inputs });
    expect(isQuarantined(instance)).toBe(true);
    return instance;
  }

  it("is left by a person with a reason, not by a service, and not without one", async () => {
    const instance = await quarantined();
    const release = { instance, transition: "Policy_Release" };
    expect((await rig.propose(release)).status).toBe(400);
    const driver = await rig.register(
      "other",
      [{ role: "provider", scope: "project/*" }],
      "service",
    );
    const reason = { reason: "the key was revoked" };
    expect((await rig.propose({ ...release, signer: driver, inputs: reason })).status).toBe(400);
    expect((await rig.propose({ ...release, inputs: reason })).status).toBe(202);
    expect(isQuarantined(instance)).toBe(false);
  });

  it("is left under a newer policy that allows what was found, and stays under one that does not", async () => {
    const instance = await quarantined();
    await projects.stop();
    projects = await start(createScreen(rig.node.folder, { ...SHIPPED_RULES, version: 2 }));
    expect(isQuarantined(instance)).toBe(true);
    await projects.stop();
    const rules = SHIPPED_RULES.rules.filter(({ id }) => id !== "aws-access-key");
    projects = await start(createScreen(rig.node.folder, { ...SHIPPED_RULES, rules, version: 3 }));
    expect(isQuarantined(instance)).toBe(false);
    const verdict = rig.node.engine.state.head(`policy/${instance.slice("project/".length)}`);
    expect(verdict?.document.context).toMatchObject({
      policy_version: 3,
      verdicts: [{ policy_version: 3, verdict: "allow" }],
    });
    expect(holdersOf(SECRET)).toEqual([]);
  });
});
