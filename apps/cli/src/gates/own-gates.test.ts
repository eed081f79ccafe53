import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readLadderFile, STAGES, type Criterion } from "@swoosh/gates";
import { findExperiment } from "@swoosh/mesh";
import { describe, expect, it } from "vitest";
import { runSwoosh } from "../test/run-swoosh.ts";
import { readGatesFiles } from "./gates-files.ts";
import { gatesOfStage } from "./gates-of-stage.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

const WORKFLOW = join(ROOT, ".github/workflows/maturity-checks.yml");

/** The highest level that CI requires. */
function requiredLevel(): number {
  const text = readFileSync(WORKFLOW, "utf8");
  return Number(/gates run --ci --reached (\d+) --base/.exec(text)?.[1] ?? -1);
}

/** Files that commands name: tests, programs, sources that a defect is planted in, documents that must be there. */
const NAMED =
  /(?:vitest (?:run|list|bench)|plant|node|tsc -p|oxlint|test -[fsd]) ((?:[\w.-]+\/)*[\w.-]+)/g;

function missingFiles(criteria: readonly Criterion[]): readonly string[] {
  return criteria
    .filter(({ blocker }) => blocker === null)
    .flatMap(({ check, negative, thresholds }) => [
      ...[...(check?.run ?? "").matchAll(NAMED)].map(([, path = ""]) => path),
      // A negative may ask for what is not there; where it plants something, its name says so.
      ...[...(negative?.run ?? "").matchAll(NAMED)]
        .map(([, path = ""]) => path)
        .filter((path) => !/planted|no-such/i.test(path)),
      ...(thresholds === null ? [] : [thresholds]),
    ])
    .filter((path) => path !== "" && !existsSync(join(ROOT, path)));
}

describe("this repository's own gates", () => {
  const { ladder, lifecycle, sources, isSound } = readGatesFiles(ROOT);

  it("are sound files without a warning on the ladder", () => {
    expect(isSound).toBe(true);
    expect(sources.find(({ file }) => file === "gates/maturity.yaml")?.problems).toEqual([]);
  });

  it("have the nine levels of the model, every exit criterion a command with a negative", () => {
    expect(ladder?.levels.map(({ criteria }) => criteria.length)).toEqual([
      5, 5, 4, 4, 4, 4, 4, 3, 4,
    ]);
    const criteria = ladder?.levels.flatMap((level) => level.criteria) ?? [];
    const bare = criteria.filter(({ check, negative }) => check === null || negative === null);
    expect(bare.map(({ id }) => id)).toEqual([]);
  });

  it("have negatives that plant a defect and must fail with words of their own", () => {
    const criteria = ladder?.levels.flatMap((level) => level.criteria) ?? [];
    const hollow = criteria.filter(
      ({ negative }) =>
        negative?.run.includes("swoosh gates plant ") !== true ||
        negative.expect.contains.length === 0,
    );
    expect(hollow.map(({ id }) => id)).toEqual([]);
  });

  it("name only files that there are, but for what is said not to be built yet", () => {
    const checks = ladder?.levels.flatMap((level) => level.criteria) ?? [];
    expect(missingFiles(checks)).toEqual([]);
  });

  it("name only files and experiments that there are in every stage and phase of the lifecycle", () => {
    if (lifecycle === undefined) throw new Error("no lifecycle");
    const gates = [
      ...STAGES.flatMap((stage) => lifecycle.stages[stage]),
      ...lifecycle.phases.flatMap(({ criteria }) => criteria),
    ];
    expect(missingFiles(gates)).toEqual([]);
    const experiments = gates
      .flatMap(({ check }) => [...(check?.run ?? "").matchAll(/mesh experiment (\S+)/g)])
      .map(([, id = ""]) => id);
    expect(experiments.length).toBeGreaterThan(15);
    expect(experiments.filter((id) => findExperiment(id) === undefined)).toEqual([]);
    // What is measured by nothing does not pass, so who holds thresholds and is not blocked must measure them.
    expect(
      gates.filter(
        ({ thresholds, blocker, check }) =>
          thresholds !== null && blocker === null && check?.run.includes("SWOOSH_METRICS") !== true,
      ),
    ).toEqual([]);
  });

  it("have in every stage of the lifecycle what the design lists", () => {
    const ids = STAGES.map((stage) => lifecycle?.stages[stage].map(({ id }) => id));
    expect(ids).toEqual([
      ["spec", "test-matrix", "decision-record"],
      ["compiles", "docs-scaffolded", "tests-scaffolded"],
      ["unit", "lint", "type", "docs", "docstrings", "perf", "memory", "security"],
      ["checklist", "integration"],
      ["tagged", "changelog", "deploy", "verify", "smoke", "undo"],
    ]);
    expect(lifecycle?.approvals).toEqual({ plan: 1, review: 1 });
  });

  it("ask people from level 1 on: a verification and a vote (decision 0028)", () => {
    const asked = ladder?.levels.map(({ needsVerification, votesNeeded }) => ({
      needsVerification,
      votesNeeded,
    }));
    expect(asked).toEqual([
      { needsVerification: false, votesNeeded: 0 },
      ...Array.from({ length: 8 }, () => ({ needsVerification: true, votesNeeded: 1 })),
    ]);
  });

  it("would be proposed by init as what lies here: a ladder of four levels", async () => {
    const { code, out } = await runSwoosh(["gates", "init", "--print", "--repo", ROOT]);
    expect(code).toBe(0);
    const { ladder: proposed, problems } = readLadderFile(out);
    expect(problems).toEqual([]);
    expect(proposed?.levels.map(({ criteria }) => criteria.map(({ id }) => id).join(" "))).toEqual([
      "shell-parses readme",
      "tests links",
      "make-check yaml json",
      "secrets licences",
    ]);
  });

  it("have the triggers of the model from level 1 on", () => {
    expect(ladder?.levels.map(({ triggers }) => triggers.length)).toEqual([
      0, 4, 4, 3, 3, 3, 3, 3, 3,
    ]);
  });

  it("have the eight phases of the mesh, and gates that fit every phase", () => {
    if (lifecycle === undefined) throw new Error("no lifecycle");
    expect(lifecycle.phases.map(({ phase }) => phase)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (let phase = 0; phase < 8; phase += 1)
      expect(gatesOfStage({ ...lifecycle, phase }, "validate").length).toBeLessThanOrEqual(16);
  });

  it("have the aliases that the ladder says", async () => {
    expect(await runSwoosh(["gates", "ci", "--aliases", "--check", "--repo", ROOT])).toMatchObject({
      code: 0,
      err: "",
    });
  });

  it("have the workflow that ladder and badge say: what is held is required", async () => {
    expect(await runSwoosh(["gates", "ci", "--check", "--repo", ROOT])).toEqual({
      code: 0,
      out: "",
      err: "",
    });
    const badge: { readonly level: number } = JSON.parse(
      readFileSync(join(ROOT, "docs/living/badge.json"), "utf8"),
    );
    // Level 0 was reached: should it be lost, it stays required.
    expect(requiredLevel()).toBeGreaterThanOrEqual(Math.max(0, badge.level));
    expect(readFileSync(WORKFLOW, "utf8")).toContain('name: "Level 0 - Running Baseline"');
  });

  it("are required by make test where a level is reached: each criterion, or CI's job asks for it alone", () => {
    const isPart = readFileSync(join(ROOT, "tools/test/src/parts.ts"), "utf8").includes(
      '"gates", "check", "clean-boot"',
    );
    const reached = ladder?.levels.slice(0, requiredLevel() + 1) ?? [];
    const elsewhere = reached
      .flatMap(({ criteria }) => criteria)
      .filter(({ check }) => {
        const run = check?.run ?? "";
        // Unit tests are all of them, and the part boots within 120 s what the criteria boot.
        if (/^npx --no-install vitest run [\w./-]+\.test\.ts$/.test(run)) return false;
        return !(isPart && run.startsWith("swoosh gates check clean-boot "));
      });
    expect(elsewhere.map(({ id }) => id)).toEqual(["one-command"]);
  });

  it("document exactly the gates and presets that there are", async () => {
    expect((await runSwoosh(["gates", "check", "spec-drift", "--repo", ROOT])).out).toContain(
      "nothing found",
    );
  });

  it.each(["audit", "json", "licences", "links", "secrets", "yaml"])(
    "raise no alarm on what is committed: %s",
    async (name) => {
      const answer = await runSwoosh(["gates", "check", name, "--repo", ROOT]);
      expect(answer).toEqual({ code: 0, out: `${name}: nothing found\n`, err: "" });
    },
  );
});
