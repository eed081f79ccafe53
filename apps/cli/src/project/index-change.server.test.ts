import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { ValueHash } from "@swoosh/kernel/values";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { beginProject } from "./begin-project.ts";
import { KilledServer } from "./test/killed-server.ts";
import { LongTask } from "./test/long-task.ts";
import { logOf } from "./test/log-of.ts";
import { OutlivingAgent } from "./test/outliving-agent.ts";

/** In `make soak` alone: processes, their windows and a plan that is made twice take half a minute. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Real processes: the bound only ends what hangs. */
const HANGS_MS = 240_000;
const PROJECT = "project/changed";

const root = mkdtempSync(join(tmpdir(), "swoosh-changed-"));
const data = join(root, "data");
const server = new KilledServer(data);
const agent = new OutlivingAgent("builder", root);
afterAll(async () => {
  await agent.stop();
  await server.kill();
  rmSync(root, { recursive: true, force: true });
});

it.runIf(isSoak)(
  "a plan that runs keeps the index that it was pinned to, and another plan is made for the new one",
  async () => {
    const source = join(root, "source");
    mkdirSync(source);
    const write = (text: string): void => writeFileSync(join(source, "content.txt"), `${text}\n`);
    write("old");
    const long = new LongTask("long", 30_000_000 + process.pid);
    const plan = {
      goal: "use what is new",
      roles: [{ name: "builder", core: true, seats: 1 }],
      tasks: [
        { id: long.id, run: `cat content.txt; ${long.run}`, deadline_beats: 10_000 },
        // Says what it sees, and turns down what is old.
        { id: "judge", run: "cat content.txt; grep -q new content.txt", needs: [long.id] },
      ],
    };
    writeFileSync(join(source, "swoosh.yaml"), JSON.stringify(plan));
    await server.start(0);
    await agent.start(server);
    const operator = await server.operator();
    await beginProject(operator, { instance: PROJECT, source });
    const pid = await long.begun();

    // The source changes while a task runs, and is ingested anew.
    write("new");
    const changed = await operator.propose(PROJECT, "Ingestion_NewVersion", {});
    expect(changed.kind).toBe("accepted");
    const from = changed.kind === "accepted" ? changed.answer.index : 0;
    await server.seen(PROJECT, ["Ingestion_CorpusBuilt"], from);
    const during = Object((await server.client().state(PROJECT))?.state);
    const { council, environment, execution, ingestion } = during.context;
    expect([execution.version, ingestion.version]).toEqual([1, 2]);
    expect(ingestion.content_hash).not.toBe(execution.content_hash);
    // The old one is held for the plan, and all that serves it stays: the very task goes on.
    expect(ingestion.previous).toMatchObject({ content_hash: execution.content_hash, version: 1 });
    for (const one of [council, environment])
      expect(one).toMatchObject({ content_hash: execution.content_hash, version: 1 });
    expect(during.configuration).toContain("Lifecycle.PROJECT_LIFECYCLE.Execution.EXECUTION.WORK");
    expect(await long.begun()).toBe(pid);
    await long.end();

    // Its members turn it down, for the content is old; the plan that follows is on the new one.
    await server.seen(PROJECT, ["Execution_Rework"], from);
    const again = await server.seen(PROJECT, ["Execution_PlanLocked"], from);
    await long.end();
    await server.seen(PROJECT, ["Execution_Complete"], again);
    const ended = Object((await server.client().state(PROJECT))?.state).context;
    expect([ended.execution.version, ended.execution.content_hash]).toEqual([
      2,
      ingestion.content_hash,
    ]);
    const outcomes = await outcomesOf();
    await server.kill("SIGTERM");

    const steps = (await logOf(data)).filter(({ proposal }) => proposal.instance === PROJECT);
    const names = steps.map(({ proposal }) => proposal.transition);
    // Everything that the new plan stands on was made anew, after the old one was turned down and before it was locked.
    const rework = names.indexOf("Execution_Rework");
    const locked = names.lastIndexOf("Execution_PlanLocked");
    const between = names.slice(rework, locked);
    for (const name of [
      "Council_ReElect",
      "Council_QuorumCert",
      "Council_McpGreen",
      "Environment_Deprovision",
      "Environment_Installed",
      "Environment_Green",
      "Lifecycle_AllReady",
    ])
      expect([name, between.filter((one) => one === name).length]).toEqual([name, 1]);
    for (const name of ["Council_ReElect", "Environment_Deprovision", "Lifecycle_AllReady"])
      expect(names.slice(names.indexOf("Ingestion_NewVersion"), rework)).not.toContain(name);
    // What was seen, attempt by attempt: the old content before, also in the checkouts made after the change; the new one after.
    const [old, fresh] = [execution, ingestion].map(({ content_hash }) => content_hash);
    expect(outcomes).toEqual([
      { content_hash: old, saw: "old", task: long.id },
      ...[1, 2, 3].map(() => ({ content_hash: old, saw: "old", task: "judge" })),
      { content_hash: fresh, saw: "new", task: long.id },
      { content_hash: fresh, saw: "new", task: "judge" },
    ]);
    const verified = await runSwoosh(["verify", "--data", data, "--signatures"]);
    expect(verified.out).toContain("sound");
  },
  HANGS_MS,
);

interface Outcome {
  readonly content_hash: string;
  /** What the task printed first: the content of its checkout. */
  readonly saw: string | undefined;
  readonly task: string;
}

/** Of the evidence of each end of a task, in the order of the log. */
async function outcomesOf(): Promise<readonly Outcome[]> {
  const client = server.client();
  const kept = async (hash: ValueHash): Promise<string> =>
    Buffer.from((await client.getEvidence(hash)) ?? []).toString();
  const outcomes: Outcome[] = [];
  for await (const { text } of client.journal()) {
    const { inputs, proposal } = JSON.parse(text);
    if (!/^Execution_Task(?:Finished|Failed)$/.test(proposal?.transition)) continue;
    const { content_hash, log, task } = JSON.parse(await kept(inputs.evidence));
    outcomes.push({ content_hash, saw: (await kept(log)).split("\n")[0], task });
  }
  return outcomes;
}
