import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { beginProject } from "./begin-project.ts";
import { KilledServer } from "./test/killed-server.ts";
import { logOf } from "./test/log-of.ts";
import { OutlivingAgent } from "./test/outliving-agent.ts";

/** In `make soak` alone: lost calls are waited for. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Real processes: the bound only ends what hangs. */
const HANGS_MS = 400_000;
const NETWORK = join(import.meta.dirname, "../../../server/src/gateway/test/bad-network.ts");
const SEED = 4;
const PROJECT = "project/battered";
const AGENTS = 3;

const root = mkdtempSync(join(tmpdir(), "swoosh-network-"));
const data = join(root, "data");
const server = new KilledServer(data);
const agents = Array.from({ length: AGENTS }, (_, at) => new OutlivingAgent(`agent-${at}`, root));
let network: ChildProcess | undefined;
afterAll(async () => {
  for (const agent of agents) await agent.stop();
  network?.kill();
  await server.kill();
  rmSync(root, { recursive: true, force: true });
});

/** Steps of a project that must be in its log exactly once, whatever happens to messages. */
const ONCE = [
  "Boot_ConfigOk",
  "Boot_Licensed",
  "Ingestion_SourcesResolved",
  "Ingestion_CorpusBuilt",
  "Execution_ApprovalsThreshold",
  "Execution_Submit",
  "Execution_Complete",
];

it.runIf(isSoak)(
  "a project comes to its end, nothing lost or doubled, while a network loses, doubles and reorders, and ends connections",
  async () => {
    const source = join(root, "source");
    mkdirSync(source);
    // Each says something now and then: its log is events on the connection. The first has ended when its lease comes again.
    const run = "for i in 1 2 3 4 5 6; do echo $i; sleep 0.3; done";
    const tasks = [
      { id: "first", run: "echo 1" },
      { id: "left", run, needs: ["first"] },
      { id: "right", run, needs: ["first"] },
      { id: "last", run, needs: ["left", "right"] },
    ];
    const roles = [{ name: "builder", core: true, seats: AGENTS }];
    writeFileSync(
      join(source, "swoosh.yaml"),
      JSON.stringify({ goal: "come through", roles, tasks }),
    );
    await server.start(0);
    network = fork(NETWORK, [server.url, String(SEED)]);
    const [{ url }] = await once(network, "message");
    for (const agent of agents) await agent.start(server, url);
    await beginProject(await server.operator(), { instance: PROJECT, source });
    await server.seen(PROJECT, ["Execution_Complete"], 0);

    network.send("what did you do?");
    const [{ did }] = await once(network, "message");
    // Of all frames half are held back, and most of those are overtaken; a tenth is lost, a fifth comes twice, and so does every lease.
    expect(did.frames).toBeGreaterThan(60);
    expect(did.held / did.frames).toBeCloseTo(0.5, 1);
    expect(did.overtaken / did.frames).toBeGreaterThan(0.2);
    expect(did.lost / did.frames).toBeCloseTo(0.1, 1);
    expect(did.doubled / did.frames).toBeCloseTo(0.2, 1);
    expect(did.leasesDoubled).toBeGreaterThanOrEqual(tasks.length);
    expect(did.cut).toBeGreaterThanOrEqual(AGENTS);
    for (const count of [did.postsLost, did.postsDoubled, did.answersLost])
      expect(count).toBeGreaterThan(0);
    // A claim that comes again is the same claim.
    const council = Object(
      (await server.client().state(PROJECT.replace("project", "council")))?.state,
    );
    expect(council.context.claims).toHaveLength(AGENTS);
    await server.kill("SIGTERM");

    const verified = await runSwoosh(["verify", "--data", data, "--signatures"]);
    expect(verified.out).toContain("sound");
    const steps = (await logOf(data)).filter(({ proposal }) => proposal.instance === PROJECT);
    const of = (name: string) => steps.filter(({ proposal }) => proposal.transition === name);
    for (const name of ONCE) expect([name, of(name).length]).toEqual([name, 1]);
    // A review whose approvals come too late is made again, with its plan; within one plan nothing is.
    const plans = of("Execution_Rework").length + 1;
    expect(of("Execution_PlanLocked")).toHaveLength(plans);
    const finished = countsOf(of("Execution_TaskFinished").map(({ inputs }) => inputs?.["task"]));
    expect(finished).toEqual(new Map(tasks.map(({ id }) => [id, plans])));
    // An attempt is lost where its agent stayed away for too long, and only then is there another.
    expect(of("Execution_TaskAssigned")).toHaveLength(
      of("Execution_TaskFailed").length + tasks.length * plans,
    );
    const approvals = countsOf(of("Execution_Approve").map(({ proposal }) => proposal.signer));
    expect(Math.max(...approvals.values())).toBeLessThanOrEqual(plans);
    // Nor does an agent do anything twice that has ended: a lease that comes again finds it done.
    for (const { heard, name } of agents) {
      const begun = countsOf(heard.match(/task \w+ begins under fence \d+/g) ?? []);
      expect([name, ...begun.values()]).toEqual([name, ...[...begun].map(() => 1)]);
    }
    const sessions = await runSwoosh(["instances", "--data", data, "--chart", "session", "--json"]);
    expect(sessions.out).not.toMatch(/ACTIVE|ALLOCATED|REQUESTED/);
  },
  HANGS_MS,
);

/** How often each is there. */
function countsOf(values: readonly unknown[]): ReadonlyMap<unknown, number> {
  const counts = new Map<unknown, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
