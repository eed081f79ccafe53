import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { beginProject } from "./begin-project.ts";
import { KilledServer } from "./test/killed-server.ts";

const root = mkdtempSync(join(tmpdir(), "swoosh-killed-"));
const data = join(root, "data");
const server = new KilledServer(data);
afterAll(async () => {
  await server.kill();
  rmSync(root, { recursive: true, force: true });
});

const PROJECT = "project/killed";
/** The server is killed as soon as it has recorded this: one for each phase of the chart. */
const PHASES = [
  "Boot_Licensed",
  "Ingestion_SourcesResolved",
  "Ingestion_BytesOk",
  "Ingestion_SchemaOk",
  "Council_Claim",
  "Council_QuorumCert",
  "Environment_CapacityOk",
  "Environment_Installed",
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
    const { dataFolder, readKeyFile } = await import("@swoosh/server/keys");
    const key = readKeyFile(dataFolder(data).operatorKey);
    const signer = {
      key: key.identity,
      sign: async (bytes: Uint8Array): Promise<Uint8Array> => key.signBytes(bytes),
    };
    await beginProject(server.client(signer), { instance: PROJECT, source });
    for (const phase of IS_SOAK ? PHASES : SAMPLE) {
      await server.seen(PROJECT, [phase, "Execution_Complete"], 0);
      await server.kill();
      await server.start(AGENTS);
    }
    await server.seen(PROJECT, ["Execution_Complete"], 0);
    await server.kill("SIGTERM");

    const verified = await runSwoosh(["verify", "--data", data, "--signatures"]);
    expect(verified.out).toContain("sound");
    const { out } = await runSwoosh(["journal", "cat", "--data", data, "--json"]);
    const steps = out
      .trim()
      .split("\n")
      .map((line): { proposal: { instance: string; transition: string }; inputs?: object } =>
        JSON.parse(line),
      );
    const of = (transition: string) =>
      steps.filter(
        ({ proposal }) => proposal.instance === PROJECT && proposal.transition === transition,
      );
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
