import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";

const folder = mkdtempSync(join(tmpdir(), "swoosh-project-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Line {
  readonly transition?: string;
  readonly by?: string;
  readonly end?: { readonly kind: string };
}

it("takes a directory through every region with three agent processes, and leaves a log that verifies", async () => {
  const plan = "goal: try\ntasks: [{ id: one, run: echo made > out.txt, artefacts: [out.txt] }]\n";
  writeFileSync(join(folder, "swoosh.yaml"), plan);
  const data = join(folder, ".swoosh");
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
  const released = await runSwoosh(["instances", "--data", data, "--chart", "session", "--json"]);
  expect(released.out).toContain('"configuration":["RELEASED"]');
  expect(released.out).not.toContain("ACTIVE");
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
