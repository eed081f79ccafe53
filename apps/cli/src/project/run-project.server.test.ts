import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";

/** Makes the example with a secret in it. */
const LEAKY_PROJECT = fileURLToPath(
  new URL("../../../../examples/projects/leaky-project/plant.sh", import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), "swoosh-project-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Line {
  readonly transition?: string;
  readonly by?: string;
  readonly end?: { readonly kind: string };
}

/** Real processes: the bound only ends what hangs. */
const HANGS_MS = 120_000;

it(
  "takes a directory through every region with three agent processes, and leaves a log that verifies",
  async () => {
    const plan =
      "goal: try\ntasks: [{ id: one, run: echo made > out.txt, artefacts: [out.txt] }]\n";
    writeFileSync(join(folder, "swoosh.yaml"), plan);
    // As the default is: it begins where the process stands, and agents are other processes.
    const data = relative(process.cwd(), join(folder, ".swoosh"));
    const argv = ["project", "run", folder, "--instance", "project/try", "--data", data, "--json"];
    const run = await runSwoosh(argv);
    expect(run).toMatchObject({ code: 0, err: "" });
    const lines: readonly Line[] = run.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const seen = lines.flatMap(({ transition }) => transition ?? []);
    const way = [
      "Boot_ConfigOk",
      "Boot_Licensed",
      "Ingestion_SourcesResolved",
      "Ingestion_BytesOk",
      "Ingestion_SchemaOk",
      "Ingestion_CorpusBuilt",
      "Lifecycle_AllReady",
      "Execution_PlanLocked",
      "Execution_TaskAssigned",
      "Execution_TaskFinished",
      "Execution_ReviewGate",
      "Execution_ApprovalsThreshold",
      "Execution_Submit",
      "Execution_Complete",
    ];
    // Some steps stand beside one another, and agents may say that they started: the way itself is one.
    expect(seen.filter((name) => way.includes(name))).toEqual(way);
    const byOf = (name: string): readonly (string | undefined)[] =>
      lines.flatMap(({ by, transition }) => (transition === name ? [by] : []));
    expect(new Set(byOf("Council_Claim"))).toEqual(new Set(["agent-1", "agent-2", "agent-3"]));
    expect(byOf("Execution_Approve").length).toBeGreaterThanOrEqual(2);
    expect(lines.at(-1)?.end?.kind).toBe("completed");

    const verified = await runSwoosh(["verify", "--data", data, "--signatures"]);
    expect(verified.out).toContain("sound");
    expect(verified.code).toBe(0);
    const windows = await runSwoosh(["audit", "windows", "--data", data]);
    expect(windows.out).toContain("all inside");
    expect(windows.code).toBe(0);
    const released = await runSwoosh(["instances", "--data", data, "--chart", "session", "--json"]);
    expect(released.out).toContain('"configuration":["RELEASED"]');
    expect(released.out).not.toContain("ACTIVE");
  },
  HANGS_MS,
);

it("quarantines content with a secret, keeps the secret nowhere, and fetches again when a person releases it", async () => {
  const source = join(folder, "leaky");
  execFileSync("sh", [LEAKY_PROJECT, source]);
  const [, secret = ""] =
    /aws_access_key_id = (\w{20})\n/.exec(
      readFileSync(join(source, "config", "deploy.ini"), "utf8"),
    ) ?? [];
  expect(secret).toMatch(/^AKIA/);
  const data = join(folder, "secret-data");
  const project = ["--instance", "project/secret", "--data", data];
  const run = await runSwoosh(["project", "run", source, ...project, "--agents", "0"]);
  expect(run.code).toBe(1);
  expect(run.out).toContain("it is quarantined");
  const holders = readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(secret));
  expect(holders).toEqual([]);
  const released = await runSwoosh([
    ...["propose", "project/secret", "Policy_Release", "--data", data],
    ...["--inputs", JSON.stringify({ reason: "the key was revoked" })],
  ]);
  expect(released.code).toBe(0);
  expect(released.out).toContain("Policy.CLEAR");
  expect(released.out).toContain("Ingestion.DISCOVER");
});

it("says what is wrong with a project file before anything is begun", async () => {
  const broken = mkdtempSync(join(folder, "broken-"));
  writeFileSync(join(broken, "swoosh.yaml"), "goal: try\ntasks:\n  - id: one\n    rnu: echo\n");
  const run = await runSwoosh(["project", "run", broken, "--data", join(folder, "none")]);
  expect(run.code).toBe(1);
  expect(run.err).toMatch(/swoosh\.yaml:4:5: .*rnu/);
  const empty = mkdtempSync(join(folder, "empty-"));
  const missing = await runSwoosh(["project", "run", empty, "--data", join(folder, "none")]);
  expect(missing.err).toContain("its least form is a goal and tasks");
});
