import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { memberSetHash, VOTE_TYPE, votePayload } from "@swoosh/guards";
import { createWebPorts } from "@swoosh/sdk";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { beginProject } from "./begin-project.ts";
import { KilledServer } from "./test/killed-server.ts";
import { logOf } from "./test/log-of.ts";
import { OutlivingAgent } from "./test/outliving-agent.ts";

/** In `make soak` alone: processes and their windows take half a minute. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Real processes: the bound only ends what hangs. */
const HANGS_MS = 240_000;
const PROJECT = "project/rivals";
const ROLE = "builder";
/** Two agents are too few for a council of its own that could lock the plan: nobody but the test certifies one. */
const SEATS = 3;

const root = mkdtempSync(join(tmpdir(), "swoosh-rivals-"));
const data = join(root, "data");
const server = new KilledServer(data);
const agents = ["one", "two", "three"].map((name) => new OutlivingAgent(name, root));
afterAll(async () => {
  for (const agent of agents) await agent.stop();
  await server.kill();
  rmSync(root, { recursive: true, force: true });
});

/** As it is now. */
async function project(): Promise<Seen> {
  return Object((await server.client().state(PROJECT))?.state);
}

interface Seen {
  readonly configuration: readonly string[];
  readonly context: {
    readonly council: { readonly member_set_hash: string; readonly term: number };
    readonly ingestion: { readonly content_hash: string; readonly version: number };
    readonly policy: { readonly rationale: string; readonly subject: string };
  };
  readonly meta: { readonly chart_hash: string };
}

/** Inputs of a certificate of the present term for these members, with the votes of all of them by their own keys. */
async function certificate(members: readonly OutlivingAgent[]): Promise<Certificate> {
  const { context, meta } = await project();
  const keys = (await Promise.all(members.map((one) => one.key()))).toSorted((one, other) =>
    one.identity < other.identity ? -1 : 1,
  );
  const { hasher } = createWebPorts(globalThis);
  const names = keys.map(({ identity }) => identity);
  const subject = {
    chart_hash: meta.chart_hash,
    instance: PROJECT,
    member_set_hash: memberSetHash(hasher, names),
    origin: await server.client().origin(),
    term: context.council.term,
  };
  const { content_hash, version } = context.ingestion;
  const pins = { content_hash, version };
  return {
    ...pins,
    members: names.map((key) => ({ key, role: ROLE })),
    subject,
    votes: keys.map((key) => ({
      choice: "approve",
      member: key.identity,
      signature: key.sign(VOTE_TYPE, votePayload(subject, pins, "approve")),
    })),
  };
}

interface Certificate {
  readonly content_hash: string;
  readonly members: readonly object[];
  readonly subject: { readonly member_set_hash: string; readonly term: number };
  readonly version: number;
  readonly votes: readonly object[];
}

it.runIf(isSoak)(
  "two councils that members certify for one term quarantine the project, both are kept, and a person lets it go on",
  async () => {
    const source = join(root, "source");
    mkdirSync(source);
    const plan = {
      goal: "have one council",
      roles: [{ name: ROLE, core: true, seats: SEATS }],
      tasks: [{ id: "only", run: "echo done" }],
      thresholds: { approvals: SEATS },
    };
    writeFileSync(join(source, "swoosh.yaml"), JSON.stringify(plan));
    const [one, two, three] = agents;
    if (one === undefined || two === undefined || three === undefined) throw new Error("no agents");
    await server.start(0);
    for (const agent of [one, two]) await agent.start(server);
    const operator = await server.operator();
    await beginProject(operator, { instance: PROJECT, source });
    await server.seen(PROJECT, ["Ingestion_CorpusBuilt"], 0);
    await server.seen(PROJECT, ["Council_ProfilesLoaded"], 0);
    const claim = await server.seen(PROJECT, ["Council_Claim"], 0);
    await server.seen(PROJECT, ["Council_Claim"], claim + 1);

    // Both at once, each from a member of its own process's key: one of them comes first.
    const certificates = [await certificate([one, two]), await certificate([one])];
    const [byOne, byTwo] = [await one.client(server), await two.client(server)];
    const answers = await Promise.all(
      certificates.map((inputs, at) =>
        (at === 0 ? byOne : byTwo).propose(PROJECT, "Council_QuorumCert", inputs),
      ),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(["accepted", "accepted"]);
    const hashes = certificates.map(({ subject }) => subject.member_set_hash);
    const after = await project();
    expect(after.configuration).toContain("Policy.QUARANTINED");
    const { council, policy } = after.context;
    expect(policy.rationale).toBe("two councils were certified for one term");
    expect([council.member_set_hash, policy.subject].toSorted(byText)).toEqual(
      hashes.toSorted(byText),
    );
    // Neither council may act, and people are told why and who owes what.
    const anew = (client: typeof byOne) =>
      client.propose(PROJECT, "Council_ReElect", { reason: "have one council" });
    expect(await anew(byTwo)).toMatchObject({
      kind: "refused",
      problem: { code: "guard_failed" },
    });
    const why = await runSwoosh(["explain", PROJECT, "--url", server.url]);
    expect(why.out).toContain("quarantined: two councils were certified for one term");
    // Nor does it end by itself, by a member, or without a reason.
    const release = (client: typeof byOne, inputs: object) =>
      client.propose(PROJECT, "Policy_Release", inputs);
    expect(await release(byTwo, { reason: "it was me" })).toMatchObject({ kind: "refused" });
    expect(await release(operator, {})).toMatchObject({ kind: "refused" });
    expect((await project()).configuration).toContain("Policy.QUARANTINED");

    expect(await release(operator, { reason: "two was reconfigured" })).toMatchObject({
      kind: "accepted",
    });
    // A newer term, with a third agent: that council certifies itself, and the project comes to its end.
    expect(await anew(byTwo)).toMatchObject({ kind: "accepted" });
    await three.start(server);
    await server.seen(PROJECT, ["Execution_Complete"], 0);
    await server.kill("SIGTERM");

    const verified = await runSwoosh(["verify", "--data", data, "--signatures"]);
    expect(verified.out).toContain("sound");
    const kept = (await logOf(data)).filter(
      ({ proposal }) =>
        proposal.instance === PROJECT && proposal.transition === "Council_QuorumCert",
    );
    // Evidence of both, votes and all, and that of the council that came after.
    const first = kept.slice(0, 2).toSorted((a, b) => byText(hashIn(a.inputs), hashIn(b.inputs)));
    const made = certificates.toSorted((a, b) => byText(hashIn(a), hashIn(b)));
    expect(first.map(({ inputs }) => inputs)).toEqual(made);
    expect(kept.slice(2).map(({ inputs }) => Object(inputs?.["subject"])["term"])).toEqual([
      council.term + 1,
    ]);
  },
  HANGS_MS,
);

function hashIn(inputs: object | undefined): string {
  return String(Object(Object(inputs)["subject"])["member_set_hash"]);
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
