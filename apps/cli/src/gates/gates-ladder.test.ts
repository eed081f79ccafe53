import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositories, type GatesRepository } from "./test/gates-repository.ts";

const repository = repositories();

const LADDER = `ladder: platform
feature_paths: [ "src/features/**" ]
levels:
  - level: 0
    name: Baseline
    criteria:
      - id: boots
        title: It boots
        check: { run: "test -f app.txt" }
        negative: { run: "test -f nothing.txt" }
  - level: 1
    name: Invariants
    criteria:
      - id: invariant
        title: It holds
        check: { run: "grep -q ok app.txt" }
        negative: { run: "grep -q broken app.txt" }
    regression_triggers: [ { id: drift, title: Drift, when: { run: "test ! -f drift.txt" } } ]
`;
const WITH_PEOPLE = LADDER.replace(
  "    name: Invariants\n",
  "    name: Invariants\n    verification: human\n    approvals: { at_least: 1 }\n",
);

function platform(ladder = LADDER): GatesRepository {
  const repo = repository();
  repo.write("gates/maturity.yaml", ladder);
  repo.write("app.txt", "ok\n");
  repo.commit("one");
  return repo;
}
const stateOf = async (repo: GatesRepository, id: string): Promise<string | undefined> => {
  const { criteria, triggers } = await repo.status();
  return [...criteria, ...triggers].find((one) => one.id === id)?.state;
};

describe("a ladder", () => {
  it("is held by what was run, and says so in the binding form", async () => {
    const repo = platform();
    const before = await repo.status();
    expect(before).toMatchObject({ ladder: "platform", level: -1 });
    expect(before.criteria.map(({ state, age_s }) => ({ state, age_s }))).toEqual([
      { state: "not-run", age_s: null },
      { state: "not-run", age_s: null },
    ]);
    const run = await repo.gates("run");
    expect(run.code).toBe(0);
    expect(run.out).toContain("level 1 Invariants is reached");
    expect(await repo.status()).toMatchObject({ level: 1, reached: 1 });
  });

  it("falls at once where a criterion fails, blocks features and not fixes, and comes back when it is mended", async () => {
    const repo = platform();
    await repo.gates("run");
    repo.remove("app.txt");
    const commit = repo.commit("break it");
    const broken = await repo.gates("run", "--ci");
    expect(broken.code).toBe(1);
    const fallen = await repo.status();
    expect(fallen).toMatchObject({ level: -1, reached: 1 });
    expect(fallen.levels[0]).toMatchObject({
      state: "regressed",
      incident: { criterion: "boots", cause: "exit 1, 0 was expected", commit },
    });
    const incident = fallen.levels[0]?.incident;
    expect(JSON.parse(repo.stored(incident?.evidence ?? ""))).toMatchObject({
      id: "boots",
      commit,
      verdict: { ok: false, cause: "exit 1, 0 was expected" },
    });
    expect(repo.living(/^ISSUE-2/).length).toBe(2);

    repo.write("src/features/new.txt", "x");
    repo.commit("add a feature", "-m", "Change: fix");
    const feature = await repo.gates("run", "--ci", "--json");
    expect(feature.code).toBe(1);
    expect(feature.err).toContain("mislabelled feature");
    expect(feature.err).toContain("level 0 is red");

    repo.write("app.txt", "ok\n");
    repo.commit("mend it", "-m", "Change: fix");
    const mended = await repo.gates("run", "--ci");
    expect(mended.out).toContain("level 0 Baseline is held again");
    expect(mended.code).toBe(0);
    expect(await repo.status()).toMatchObject({ level: 1, levels: [{ incident: null }, {}] });
  });

  it("is not moved by a tick that is edited into a file", async () => {
    const repo = platform();
    await repo.gates("run");
    await repo.gates("report");
    repo.remove("app.txt");
    repo.commit("break it");
    await repo.gates("run");
    repo.write(
      "MATURITY.md",
      repo
        .read("MATURITY.md")
        .replaceAll("[ ]", "[x]")
        .replace(/Current Level\*\*: .*/, "Current Level**: 9"),
    );
    expect(await repo.status()).toMatchObject({ level: -1 });
    expect((await repo.gates("report", "--check")).code).toBe(1);
    await repo.gates("report");
    expect(repo.read("MATURITY.md")).toContain("**Current Level**: none of 1");
  });

  it("refuses evidence of another commit by name", async () => {
    const repo = platform();
    await repo.gates("run");
    repo.commit("another commit");
    const { criteria, level } = await repo.status();
    expect(level).toBe(-1);
    expect(criteria[0]).toMatchObject({ state: "stale" });
    expect(criteria[0]?.cause).toMatch(/^evidence of another commit/);
    const advance = await repo.gates("advance");
    expect(advance.code).toBe(1);
    expect(advance.err).toContain("ranByCi");
  });

  it("refuses evidence that was edited, by name", async () => {
    const repo = platform();
    await repo.gates("run");
    const folder = join(repo.root, ".swoosh", "gates", "bytes");
    for (const digits of readdirSync(folder)) {
      for (const name of readdirSync(join(folder, digits))) {
        const path = join(folder, digits, name);
        writeFileSync(path, readFileSync(path, "utf8").replace('"ok":true', '"ok":TRUE'));
      }
    }
    const { criteria, level } = await repo.status();
    expect(level).toBe(-1);
    expect(criteria[0]?.cause).toMatch(/^evidence_edited/);
  });

  it("asks people where it says so, and refuses the runner's own key by name", async () => {
    const repo = platform(WITH_PEOPLE);
    repo.write("photo.txt", "seen\n");
    repo.commit("photo");
    expect((await repo.gates("run")).code).toBe(0);
    expect(await repo.status()).toMatchObject({ level: 0 });
    const bare = await repo.gates("advance");
    expect(bare.code).toBe(1);
    expect(bare.out).toContain("✗ manual verification with attachments, by a person");
    expect(bare.out).toContain("✗ consensus: 0 of 1 signed votes");
    const own = join(repo.root, ".swoosh", "gates", "keys", "ci.pem");
    const byMachine = await repo.gates(
      "advance",
      "--verify",
      join(repo.root, "photo.txt"),
      "--key",
      own,
    );
    expect(byMachine.code).toBe(1);
    expect(byMachine.err).toContain("forbidden");
    expect(byMachine.err).toContain("the runner's own key may not");
    const byPerson = await repo.gates(
      "advance",
      "--vote",
      "--verify",
      join(repo.root, "photo.txt"),
    );
    expect(byPerson.err).toBe("");
    expect(byPerson.code).toBe(0);
    expect(await repo.status()).toMatchObject({ level: 1 });
  });

  it("falls when a trigger fires, when a criterion changes, and while a gap is open", async () => {
    const repo = platform();
    await repo.gates("run");
    repo.write("drift.txt", "x");
    expect((await repo.gates("run")).code).toBe(1);
    expect(await repo.status()).toMatchObject({ level: 0 });
    repo.remove("drift.txt");
    await repo.gates("run");
    expect(await repo.status()).toMatchObject({ level: 1 });

    repo.write("gates/maturity.yaml", LADDER.replace("test -f app.txt", "true"));
    expect(await repo.status()).toMatchObject({ level: -1 });
    repo.write("gates/maturity.yaml", LADDER);
    await repo.gates("run");
    expect(await repo.status()).toMatchObject({ level: 1 });

    expect(
      (await repo.gates("gap", "--level", "0", "--title", "Nobody checks the disk")).code,
    ).toBe(0);
    expect((await repo.gates("run")).code).toBe(1);
    expect(await stateOf(repo, "gap-nobody-checks-the-disk")).toBe("fail");
    expect(await repo.status()).toMatchObject({ level: -1 });
    repo.write(
      "gates/gaps.yaml",
      `${repo.read("gates/gaps.yaml")}    check: { run: "true" }\n    negative: { run: "false" }\n`,
    );
    await repo.gates("run");
    expect(await repo.status()).toMatchObject({ level: 1 });
  });

  it("does not pass by a check that cannot fail", async () => {
    const repo = platform(LADDER.replace("test -f nothing.txt", "true"));
    expect((await repo.gates("run")).code).toBe(1);
    const { criteria, level } = await repo.status();
    expect(level).toBe(-1);
    expect(criteria[0]?.cause).toContain("this check cannot fail");
  });

  it("goes stale by itself", async () => {
    const repo = platform(
      LADDER.replaceAll("title: It boots\n", "title: It boots\n        fresh_for: 1ms\n"),
    );
    await repo.gates("run");
    const { criteria, level } = await repo.status();
    expect(criteria[0]?.state).toBe("stale");
    expect(level).toBe(-1);
  });

  it("says what is wrong with its file, with line and column, and exits 2", async () => {
    const repo = platform(LADDER.replace("title: It boots", "titel: It boots"));
    const { code, err } = await repo.gates("run");
    expect(code).toBe(2);
    expect(err).toContain('gates/maturity.yaml:8:9: error: unknown key "titel"');
  });

  it("gives the same documents from the same log, and explains", async () => {
    const repo = platform();
    await repo.gates("run");
    await repo.gates("report");
    const first = repo.read("MATURITY.md");
    repo.write(
      "MATURITY.md",
      `# Ours\n\nA word of mine.\n\n${first.slice(first.indexOf("<!--"))}Last words.\n`,
    );
    expect((await repo.gates("report")).out).toContain("as the log says");
    expect(repo.read("MATURITY.md")).toContain("A word of mine.");
    expect(repo.read("MATURITY.md")).toContain("Last words.");
    repo.commit("reports");
    expect((await repo.gates("report", "--check")).code).toBe(0);
    expect(await repo.status()).toMatchObject({ level: 1 });
    expect(JSON.parse(repo.read("docs/living/badge.json"))).toMatchObject({
      message: "level 1 of 1 · Invariants",
      level: 1,
    });
    expect((await repo.gates("explain", "boots")).out).toContain("test -f app.txt");
    expect((await repo.gates("ci")).out).toContain("needs: level-0");
  });
});

const isSoak = process.env["SWOOSH_SOAK"] !== undefined;
describe("gates init", () => {
  it.each([
    ["node-library", ["parses", "readme", "tests", "links", "lint", "json", "secrets"]],
    ["shell-project", ["shell-parses", "readme", "tests", "links", "secrets"]],
    ["docs-only", ["readme", "links", "yaml", "secrets"]],
  ])("proposes for %s what is there, and it holds", async (example, ids) => {
    const repo = repository(example);
    repo.commit("one");
    expect((await repo.gates("init")).code).toBe(0);
    repo.commit("gates");
    const proposed = await repo.status();
    expect(proposed.criteria.map(({ id }) => id)).toEqual(ids);
    expect((await repo.gates("init")).out).toContain("everything is there already");
    // Every stage of the lifecycle has its gates, and it is a file that is read without a word.
    expect(repo.read("gates/lifecycle.yaml").match(/(?<=\{ id: )[\w-]+/g)).toEqual(
      expect.arrayContaining(["spec", "decision-record", "checklist", "tagged", "verify", "undo"]),
    );
    // Each criterion and its negative start several programs: all of them where there is time for it, else the first one.
    const run = await repo.gates("run", ...(isSoak ? [] : ["--criterion", ids[0] ?? ""]));
    expect(run.code, run.out).toBe(0);
    const { criteria, level, levels } = await repo.status();
    if (isSoak) expect(level).toBe(levels.length - 1);
    else expect(criteria[0]?.state).toBe("pass");
  });
});
