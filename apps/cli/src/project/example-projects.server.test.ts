import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { FleetRig, type RigRecord } from "./test/fleet-rig.ts";

/** `make test` runs one of them, `make soak` both: each takes some seconds. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Real processes: the bound only ends what hangs. */
const HANGS_MS = 240_000;
const EXAMPLES = fileURLToPath(new URL("../../../../examples/projects", import.meta.url));

async function makeSink() {
  const { Sink } = await import("../../../server/src/projects/test/sink.ts");
  return new Sink();
}

const rig = new FleetRig();
let slurp: Awaited<ReturnType<typeof makeSink>>;
beforeAll(async () => {
  slurp = await makeSink();
  await slurp.open();
  const world = { allowed: [], toolsMayStart: false, toolsEveryMs: 10_000, slurp: slurp.url };
  await rig.start({ agents: 3, world });
}, HANGS_MS);
afterAll(async () => {
  await rig.close();
  slurp.close();
});

interface Outcome {
  readonly artefacts: readonly { readonly hash: string; readonly path: string }[];
  readonly exit: number;
  readonly log: string;
  readonly reasons: readonly string[];
  readonly task: string;
}

const kept = (hash: unknown): string => {
  const bytes = rig.fleet.node.blobs.read(String(hash));
  if (bytes === undefined) throw new Error(`${String(hash)} is not kept`);
  return Buffer.from(bytes).toString();
};

/** A phase of the way from sources to end that a person wants to see go by, each in a line of its own. */
const TOLD = [
  /^ *-?[\d.]+s {2}Boot_ConfigOk +operator$/,
  /^ *-?[\d.]+s {2}Ingestion_SourcesResolved +ingest +Ingestion DISCOVER → FETCH {2}file:\/\/\S+$/,
  /^ *-?[\d.]+s {2}Council_Claim +agent-[123] +role (builder|reviewer)$/,
  /^ *-?[\d.]+s {2}Council_QuorumCert +driver +Council ELECT → TOOLING_SYNC {2}version 1, 3 members$/,
  /^ *-?[\d.]+s {2}Environment_Green +driver +Environment HEALTHCHECK → READY$/,
  /^ *-?[\d.]+s {2}Execution_PlanLocked +driver +Execution PLAN → WORK$/,
  /^ *-?[\d.]+s {2}Execution_TaskFinished +agent-[123] +task test$/,
  /^ *-?[\d.]+s {2}Execution_ReviewGate +driver +Execution WORK → REVIEW$/,
  /^ *-?[\d.]+s {2}Execution_Approve +agent-[123]$/,
  /^ *-?[\d.]+s {2}Execution_ApprovalsThreshold driver +Execution REVIEW → REVERB$/,
  /^ *-?[\d.]+s {2}Execution_Complete +driver +Lifecycle TERMINATED, /,
];

/** The council's certificate holds for whoever has its record alone, and for nothing else. */
async function expectCertificate(instance: string, records: readonly RigRecord[]): Promise<void> {
  const record = records.find(({ proposal }) => proposal.transition === "Council_QuorumCert");
  const file = join(rig.root, "certificate.json");
  const check = (value: unknown, ...pins: readonly string[]) => {
    writeFileSync(file, JSON.stringify(value));
    return runSwoosh(["qc", "verify", file, ...pins]);
  };
  const { origin } = rig.fleet.node;
  const about = ["--instance", instance, "--origin", origin, "--term", "1"];
  const holds = await check(record, ...about);
  expect(holds).toMatchObject({ code: 0, err: "" });
  const [head, ...reasons] = holds.out.trimEnd().split("\n");
  expect(head).toBe(`holds: council of ${instance}, term 1, log ${origin}`);
  expect(reasons).toEqual([expect.stringMatching(/^ {2}[23] of 3 members signed$/)]);
  expect(await check(record?.inputs, ...about)).toMatchObject({ code: 0 });
  const json = await check(record, "--json");
  expect(JSON.parse(json.out)).toMatchObject({ ok: true, subject: { instance } });

  const votes = Object(record?.inputs)["votes"];
  const [first] = votes;
  const forged = await check({ ...record?.inputs, votes: [first, first, first] });
  expect([forged.code, forged.out]).toEqual([1, expect.stringMatching(/^does not hold: /)]);
  const other = await check(record, "--instance", "project/other", "--json");
  expect([other.code, JSON.parse(other.out).ok]).toEqual([1, false]);
  const none = await check({ votes });
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("is no certificate")]);
  const wrong = await check(record, "--term", "first");
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--term is "first"')]);
  const missing = await runSwoosh(["qc", "verify", `${file}.none`]);
  expect([missing.code, missing.err]).toEqual([3, expect.stringContaining("no such file")]);
}

interface Example {
  readonly name: string;
  readonly tasks: readonly string[];
  /** Path of the last task's artefact, and what it holds. */
  readonly path: string;
  readonly holds: RegExp;
}

const SHELL: Example = {
  name: "shell-project",
  tasks: ["count", "parse", "test"],
  path: "count.txt",
  holds: /^ *\d+ \w+$/m,
};
const NODE: Example = {
  name: "node-library",
  tasks: ["check", "report", "test"],
  path: "report.tap",
  holds: /^# pass 3$/m,
};

it.each<Example>(isSoak ? [SHELL, NODE] : [SHELL])(
  "$name ends as its goal says, told line by line, with what it made kept",
  async ({ holds, name, path, tasks }) => {
    const instance = `project/${name}`;
    const run = await runSwoosh([
      ...["project", "run", join(EXAMPLES, name), "--instance", instance, "--watch"],
      ...["--url", rig.fleet.url, "--key", join(rig.data, "keys", "operator.pem")],
    ]);
    expect(run).toMatchObject({ code: 0, err: "" });
    const lines = run.out.trimEnd().split("\n");
    expect(lines[0]).toBe(`${instance} from ${join(EXAMPLES, name)}`);
    expect(lines.at(-1)).toBe(`completed ${instance}`);
    for (const told of TOLD) expect(lines).toContainEqual(expect.stringMatching(told));
    expect(rig.configuration(instance)).toContain("Lifecycle.TERMINATED");

    // Each task has its outcome, and the last one's artefact is there in full.
    const records = (await rig.records()).filter(({ proposal }) => proposal.instance === instance);
    expect(run.out.match(/s {2}\w/g)).toHaveLength(records.length);
    const outcomes = records
      .filter(({ proposal }) => proposal.transition === "Execution_TaskFinished")
      .map(({ inputs }): Outcome => JSON.parse(kept(inputs?.["evidence"])));
    expect(outcomes.map(({ task }) => task).toSorted()).toEqual(tasks);
    for (const { exit, log, reasons } of outcomes) {
      expect([exit, reasons]).toEqual([0, []]);
      expect(kept(log)).toBeTypeOf("string");
    }
    const [made] = outcomes.flatMap(({ artefacts }) => artefacts);
    expect(made?.path).toBe(path);
    expect(kept(made?.hash)).toMatch(holds);
    const submitted = records.find(({ proposal }) => proposal.transition === "Execution_Submit");
    expect(JSON.parse(kept(submitted?.inputs?.["summary"]))).toMatchObject({ project: instance });

    // SLURP has the submission, and nothing else of the log.
    await slurp.until(() => slurp.sent.some(({ document }) => document.index === submitted?.index));
    expect(new Set(slurp.sent.map(({ document }) => document.transition))).toEqual(
      new Set(["Execution_Submit"]),
    );
    for (const { document, key } of slurp.sent) expect(key).toBe(document.id);

    await expectCertificate(instance, records);
    const verified = await runSwoosh(["verify", "--data", rig.data, "--signatures"]);
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining("sound") });
    const audited = await runSwoosh(["audit", "windows", "--data", rig.data]);
    expect(audited).toMatchObject({ code: 0, out: expect.stringContaining("all inside") });
  },
  HANGS_MS,
);
