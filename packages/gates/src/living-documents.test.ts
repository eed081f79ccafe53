import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  issueDocument,
  issueStamp,
  lintIssue,
  readIssueHead,
  type Issue,
} from "./issue-document.ts";
import {
  addPitfall,
  compareEnvironments,
  lintReplicationNotes,
  newReplicationNotes,
  readGoldenEnvironment,
} from "./replication-notes.ts";
import { lintTestMatrix, mergeTestMatrix, type MatrixRow } from "./test-matrix.ts";
import {
  addTrouble,
  lintTroubleshooting,
  matchTrouble,
  readTroubleshooting,
  SEEDED_TROUBLESHOOTING,
} from "./troubleshooting.ts";

const trouble = {
  title: "Tests: exit 1",
  context: "Level 1",
  symptom: "exit 1",
  snippet: "Error: cannot find module 'x'\n```\nodd",
  tags: ["tests", "P1", "key:1"],
  issue: "ISSUE-1.md",
};

describe("TROUBLESHOOTING.md", () => {
  it("begins with the three entries of the seed, which have all fields", () => {
    expect(lintTroubleshooting(SEEDED_TROUBLESHOOTING)).toEqual([]);
    expect(readTroubleshooting(SEEDED_TROUBLESHOOTING).map(({ title }) => title)).toEqual([
      "Dependency Resolution Loop",
      "Embedding Model OOM",
      "Socket Port Conflicts in Local Orchestrator",
    ]);
  });

  it.each([
    ["OSError: [Errno 98] Address already in use: ('127.0.0.1', 9313)", undefined],
    [
      "OSError: [Errno 48] Address already in use: ('127.0.0.1', 9313)",
      "Socket Port Conflicts in Local Orchestrator",
    ],
    [
      "x\nERROR: Could not find a version that satisfies the requirement torch==9",
      "Dependency Resolution Loop",
    ],
    ["all is well", undefined],
  ])("matches %s", (output, title) => {
    const found = matchTrouble(readTroubleshooting(SEEDED_TROUBLESHOOTING), output)?.title;
    // Numbers are no part of a signature, so another error number is the same trouble.
    expect(found).toBe(
      output.includes("[Errno 98]") ? "Socket Port Conflicts in Local Orchestrator" : title,
    );
  });

  it("keeps every byte of what stood there, whatever it is, and reads its own entry back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (human) => {
        const merged = addTrouble(human, trouble);
        if (human !== "") expect(merged.startsWith(human)).toBe(true);
        expect(merged).toContain("key:1");
      }),
      { seed: 7, numRuns: 200 },
    );
    const entries = readTroubleshooting(addTrouble(SEEDED_TROUBLESHOOTING, trouble));
    expect(entries.at(-1)).toMatchObject({ title: "Tests: exit 1", snippet: trouble.snippet });
    expect(lintTroubleshooting(addTrouble(SEEDED_TROUBLESHOOTING, trouble))).toEqual([]);
  });

  it("reads a fix that a person wrote", () => {
    const text = `${SEEDED_TROUBLESHOOTING}fix: { run: "make clean", verify: "make test" }\n`;
    expect(readTroubleshooting(text).at(-1)?.fix).toEqual({
      run: "make clean",
      verify: "make test",
    });
  });
});

describe("REPLICATION-NOTES.md", () => {
  const facts = new Map([
    ["Node", "24.15.0"],
    ["Cores", "2"],
  ]);
  const notes = newReplicationNotes(facts, ["npm ci"]);
  it("holds a machine against the golden one", () => {
    expect(lintReplicationNotes(notes)).toEqual([]);
    expect(compareEnvironments(readGoldenEnvironment(notes), facts)).toEqual([]);
    expect(compareEnvironments(readGoldenEnvironment(notes), new Map([["Node", "20"]]))).toEqual([
      { name: "Node", golden: "24.15.0", here: "20" },
      { name: "Cores", golden: "2", here: "not known here" },
    ]);
  });

  it("gets each pitfall once, at the end of its section, and loses nothing", () => {
    const human = `${notes}- **Mine**: keep me\n\n## My own section\nstays\n`;
    const once = addPitfall(human, { name: "Health (health)", advice: "failed" });
    expect(addPitfall(once, { name: "Health (health)", advice: "failed again" })).toBe(once);
    expect(once.replace("- **Health (health)**: failed\n", "")).toBe(human);
    expect(once.indexOf("Health (health)")).toBeLessThan(once.indexOf("## My own section"));
  });
});

describe("TEST-MATRIX.md", () => {
  const row = (id: string, status: string): MatrixRow => ({
    id,
    category: "criterion",
    criteria: "C | D",
    phase: "0",
    tags: "change",
    runtime: "",
    status,
    lastRun: "2026-01-01",
  });
  it("changes status and last run alone, is idempotent, and keeps people's rows, cells and text", () => {
    const first = mergeTestMatrix("", [row("a", "pass")]);
    expect(lintTestMatrix(first)).toEqual([]);
    const human = `${first.replace("| change |", "| mine |")}| own | manual | by hand | 9 | | | | | never | |\n\nFoot note.\n`;
    const second = mergeTestMatrix(human, [row("a", "fail"), row("b", "pass")]);
    expect(mergeTestMatrix(second, [row("a", "fail"), row("b", "pass")])).toBe(second);
    expect(second).toContain("| mine |");
    expect(second).toContain("| own | manual | by hand | 9 | | | | | never | |");
    expect(second).toContain("Foot note.");
    expect(second).toMatch(/^\| a \|.*\| fail \| 2026-01-01 \|$/m);
    expect(second).toMatch(/^\| b \|/m);
  });
});

describe("ISSUE-*.md", () => {
  const issue: Issue = {
    key: "abc",
    criterion: "l/a",
    title: 'It "fails"',
    severity: "P1",
    phase: "Level 0",
    gate: "a",
    task: "A",
    cause: "exit 1",
    steps: ["run it"],
    error: "boom",
    environment: [["Commit", "1"]],
    logs: [["output.txt", "x"]],
    bundle: "sha256-1",
    troubleshooting: "entry added",
    evidence: "sha256-2",
  };
  it("has all sections of the template, and says who it is", () => {
    const text = issueDocument(issue, "2026-01-02T03:04:05.678Z");
    expect(lintIssue(text)).toEqual([]);
    expect(readIssueHead(text)).toEqual({
      key: "abc",
      status: "open",
      severity: "P1",
      criterion: "l/a",
    });
    expect(issueStamp("2026-01-02T03:04:05.678Z")).toBe("20260102-030405");
    expect(lintIssue(text.replace("## Logs Collected", "## Logs")).map(({ code }) => code)).toEqual(
      ["missing_section"],
    );
  });
});
