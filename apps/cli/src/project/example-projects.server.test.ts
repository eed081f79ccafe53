import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { FleetRig } from "./test/fleet-rig.ts";

/** `make test` runs one of them, `make soak` both: each takes some seconds. */
const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
/** Real processes: the bound only ends what hangs. */
const HANGS_MS = 240_000;
const EXAMPLES = fileURLToPath(new URL("../../../../examples/projects", import.meta.url));

const rig = new FleetRig();
beforeAll(() => rig.start({ agents: 3 }));
afterAll(() => rig.close());

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

    const verified = await runSwoosh(["verify", "--data", rig.data, "--signatures"]);
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining("sound") });
    const audited = await runSwoosh(["audit", "windows", "--data", rig.data]);
    expect(audited).toMatchObject({ code: 0, out: expect.stringContaining("all inside") });
  },
  HANGS_MS,
);
