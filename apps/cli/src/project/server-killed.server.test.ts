import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { beginProject } from "./begin-project.ts";
import { KilledServer } from "./test/killed-server.ts";
import { LongTask } from "./test/long-task.ts";
import { OutlivingAgent } from "./test/outliving-agent.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-killed-"));
const data = join(root, "data");
const server = new KilledServer(data);
const others: KilledServer[] = [];
const agents: OutlivingAgent[] = [];
afterAll(async () => {
  for (const agent of agents) await agent.stop();
  for (const one of [server, ...others]) await one.kill();
  rmSync(root, { recursive: true, force: true });
});

const PROJECT = "project/killed";
/** The server is killed as soon as it has recorded this: one for each phase of the chart. */
const PHASES = [
  "Boot_ConfigOk",
  "Boot_Licensed",
  "Ingestion_SourcesResolved",
  "Ingestion_BytesOk",
  "Ingestion_SchemaOk",
  "Ingestion_CorpusBuilt",
  "Council_ProfilesLoaded",
  "Council_Claim",
  "Council_QuorumCert",
  "Council_McpGreen",
  "Environment_CapacityOk",
  "Environment_Installed",
  "Environment_Green",
  "Lifecycle_AllReady",
  "Execution_PlanLocked",
  "Execution_TaskAssigned",
  "Execution_TaskFinished",
  "Execution_ReviewGate",
  "Execution_Approve",
  "Execution_ApprovalsThreshold",
  "Execution_Submit",
] as const;
const SAMPLE: readonly string[] = ["Council_QuorumCert", "Execution_TaskAssigned"];
const IS_SOAK = Number(process.env["SWOOSH_SOAK"] ?? 0) > 0;
const AGENTS = IS_SOAK ? 3 : 1;

/** Steps of a project that must be in its log exactly once, whatever happens to the server. */
const ONCE = [
  "Boot_ConfigOk",
  "Boot_Licensed",
  "Ingestion_SourcesResolved",
  "Ingestion_BytesOk",
  "Ingestion_SchemaOk",
  "Ingestion_CorpusBuilt",
  "Execution_PlanLocked",
  "Execution_ApprovalsThreshold",
  "Execution_Submit",
  "Execution_Complete",
];

it(
  "loses no step, doubles none and needs no hand, killed in each phase and started again",
  async () => {
    const source = join(root, "source");
    mkdirSync(source);
    const plan = {
      goal: "survive",
      roles: [{ name: "builder", core: true, seats: AGENTS }],
      tasks: [{ id: "one", run: "sleep 0.5; echo done" }],
    };
    writeFileSync(join(source, "swoosh.yaml"), JSON.stringify(plan));
    await server.start(AGENTS);
    await beginProject(await server.operator(), { instance: PROJECT, source });
    for (const phase of IS_SOAK ? PHASES : SAMPLE) {
      await server.seen(PROJECT, [phase, "Execution_Complete"], 0);
      await server.kill();
      await server.start(AGENTS);
    }
    await server.seen(PROJECT, ["Execution_Complete"], 0);
    await server.kill("SIGTERM");

    const verified = await runSwoosh(["verify", "--data", data, "--signatures"]);
    expect(verified.out).toContain("sound");
    const steps = await stepsOf(data);
    const of = (transition: string) =>
      steps.filter(({ proposal }) => proposal.transition === transition);
    for (const transition of ONCE)
      expect([transition, of(transition).length]).toEqual([transition, 1]);
    // A task that its agent did not outlive fails once and is done once; none is done twice.
    expect(of("Execution_TaskFinished")).toHaveLength(1);
    expect(of("Execution_TaskAssigned")).toHaveLength(of("Execution_TaskFailed").length + 1);
    const sessions = await runSwoosh(["instances", "--data", data, "--chart", "session", "--json"]);
    expect(sessions.out).toContain('"configuration":["RELEASED"]');
    expect(sessions.out).not.toMatch(/ACTIVE|ALLOCATED|REQUESTED/);
  },
  IS_SOAK ? 3_600_000 : 240_000,
);

/** Of a whole log, those of the project. */
async function stepsOf(folder: string): Promise<readonly Step[]> {
  const { out } = await runSwoosh(["journal", "cat", "--data", folder, "--json"]);
  return out
    .trim()
    .split("\n")
    .map((line): Step => JSON.parse(line))
    .filter(({ proposal }) => proposal.instance === PROJECT);
}

interface Step {
  readonly inputs?: { readonly fence?: number };
  readonly proposal: { readonly instance: string; readonly transition: string };
}

it.runIf(IS_SOAK)(
  "a task goes on under its lease where its agent outlives the server, and ends once",
  async () => {
    const folder = join(root, "outlived");
    const [first, second] = [
      new LongTask("first", 10_000_000 + process.pid),
      new LongTask("second", 20_000_000 + process.pid),
    ];
    const source = join(root, "outlived-source");
    mkdirSync(source);
    const long = { deadline_beats: 10_000, limits: { timeout: "1h" } };
    const plan = {
      goal: "outlive the server",
      roles: [{ name: "builder", core: true, seats: 1 }],
      tasks: [
        { ...long, id: first.id, run: first.run },
        { ...long, id: second.id, run: second.run, needs: [first.id] },
      ],
    };
    writeFileSync(join(source, "swoosh.yaml"), JSON.stringify(plan));
    const outlived = new KilledServer(folder);
    others.push(outlived);
    await outlived.start(0);
    const agent = new OutlivingAgent("stayer", root);
    agents.push(agent);
    await agent.start(outlived);
    await beginProject(await outlived.operator(), { instance: PROJECT, source });

    // Killed and started again while it runs: adopted, and then it ends.
    const pid = await first.begun();
    await outlived.kill();
    await outlived.start(0);
    await agent.hears("1 leases go on", 1);
    expect(await first.begun()).toBe(pid);
    await first.end();
    // Ended while the server is away: the outcome waits for it.
    await second.begun();
    await outlived.kill();
    await second.end();
    await outlived.start(0);
    await outlived.seen(PROJECT, ["Execution_Complete"], 0);

    const completed = await outlived.client().state(PROJECT);
    expect(Object(completed?.state)).toMatchObject({
      context: {
        execution: {
          tasks: [first, second].map(({ id }) => ({ id, attempts: 1, state: "done" })),
        },
      },
    });
    await outlived.kill("SIGTERM");
    const steps = await stepsOf(folder);
    const of = (name: string) => steps.filter(({ proposal }) => proposal.transition === name);
    expect(of("Execution_TaskAssigned")).toHaveLength(2);
    expect(of("Execution_TaskFinished").map(({ inputs }) => inputs?.fence)).toEqual(
      of("Execution_TaskAssigned").map(({ inputs }) => inputs?.fence),
    );
    expect(of("Execution_TaskFailed")).toEqual([]);
    expect(of("Execution_Complete")).toHaveLength(1);
    // Nor was anything done twice that ended once.
    for (const { id } of [first, second])
      expect(agent.said(`task ${id} begins under fence`)).toBe(1);
    const verified = await runSwoosh(["verify", "--data", folder, "--signatures"]);
    expect(verified.out).toContain("sound");
  },
  3_600_000,
);
