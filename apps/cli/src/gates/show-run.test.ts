import { describe, expect, it } from "vitest";
import { CapturedConsole } from "../test/captured-console.ts";
import { readGatesFiles } from "./gates-files.ts";
import type { Verdict } from "./run-criterion.ts";
import type { Planned } from "./run-gates.ts";
import { createRunListener } from "./show-run.ts";
import { repositories, type GatesRepository } from "./test/gates-repository.ts";

const repository = repositories();
const LADDER = `ladder: platform
levels:
  - level: 0
    name: Baseline
    criteria: [ { id: boots, title: It boots, check: "true", negative: "false" } ]
  - level: 1
    name: Invariants
    criteria:
      - { id: holds, title: It holds, severity: P2, check: "echo Error: it does not hold; exit 3", negative: "false" }
      - { id: later, title: It will hold, severity: P2, check: "false", negative: "true", blocker: "not built yet" }
  - level: 2
    name: Speed
    criteria: [ { id: fast, title: It is fast, check: "true", negative: "false" } ]
`;

function platform(): GatesRepository {
  const repo = repository();
  repo.write("gates/maturity.yaml", LADDER);
  repo.git("checkout", "-q", "-b", "work");
  repo.commit("one");
  return repo;
}

/** Times differ from run to run. */
const steady = (text: string): string =>
  text.replaceAll(/\b\d+(?:\.\d+)? ?(?:ms|s|min)\b/g, "TIME").replaceAll(/ISSUE-[\w-]+/g, "ISSUE");

describe("what a person sees of a run", () => {
  it("is a line a check, the ladder, where it stands and lacks, failures with cause and next step", async () => {
    const repo = platform();
    const { code, out, err } = await repo.gates("run");
    const head = repo.git("rev-parse", "HEAD").slice(0, 12);
    expect(code).toBe(1);
    expect(steady(out)).toBe(`4 checks on ${head} (work)
Level 0
  ✓ It boots boots · TIME
  ▲ level 0 Baseline is reached
Level 1
  ✗ It holds holds · TIME
      exit 3, 0 was expected: Error: it does not hold
      P2 · issue docs/living/ISSUE.md
  ✗ It will hold later · TIME
      exit 1, 0 was expected
Level 2
  ✓ It is fast fast · TIME

  ░  2  Speed                        ● 1/1 open
  ░  1  Invariants                   ●● 0/2 open
  █  0  Baseline                     ● 1/1 held ◀

Level 0 of 2 is held: Baseline. Level 1 is next; it lacks:
    · criteria green: holds, later

  ✗ holds: exit 3, 0 was expected: Error: it does not hold
    docs/living/ISSUE.md
  next: swoosh gates explain holds

2 passed, 2 failed, 1 of them known to be red in TIME
`);
    expect(err).toBe("FAILURE DETECTED: one issue waits for a person in docs/living\n");
  });

  it("is for machines with --json one object, and nothing else", async () => {
    const repo = platform();
    const { code, out, err } = await repo.gates("run", "--json");
    expect({ code, err }).toEqual({ code: 1, err: "" });
    const duration_ms = expect.any(Number);
    const evidence = expect.stringMatching(/^sha256-[0-9a-f]{64}$/);
    const common = { duration_ms, evidence, required: true };
    const passed = { ...common, ok: true, cause: null, negative: "failed" };
    const failed = { ...common, ok: false, place: "Level 1", negative: "missing" };
    expect(out.endsWith("}\n")).toBe(true);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      commit: repo.git("rev-parse", "HEAD").trim(),
      wall_ms: duration_ms,
      checks_ms: duration_ms,
      stopped_by: null,
      not_run: [],
      results: [
        { ...passed, id: "boots", place: "Level 0", severity: null, issue: null },
        {
          ...failed,
          id: "holds",
          cause: "exit 3, 0 was expected: Error: it does not hold",
          severity: "P2",
          issue: expect.stringMatching(/^docs\/living\/ISSUE-.*\.md$/),
        },
        { ...failed, id: "later", cause: "exit 1, 0 was expected", severity: null, issue: null },
        { ...passed, id: "fast", place: "Level 2", severity: null, issue: null },
      ],
      status: expect.objectContaining({ ladder: "platform", level: 0 }),
    });
  });

  it("has on a terminal a live line of what is running, wiped before each line that stays", () => {
    const repo = platform();
    const levels = readGatesFiles(repo.root).ladder?.levels ?? [];
    const planned = levels.slice(0, 2).flatMap(({ level, criteria }) =>
      criteria.map((criterion): Planned => ({
        criterion,
        subject: "platform",
        place: "Level 1",
        level,
        stage: null,
        isRequired: true,
      })),
    );
    const [boots, holds] = planned;
    if (boots === undefined || holds === undefined) throw new Error("there are two criteria");
    const verdict = ({ criterion }: Planned): Verdict => ({
      criterion,
      ok: true,
      cause: "",
      negative: "failed",
      check: null,
      negativeRun: null,
      evidence: "",
      definition: "",
      durationMs: 5,
    });
    const port = new CapturedConsole();
    const listener = createRunListener(port, false, true);
    listener.begin([boots, holds], { commit: "c", branch: "", changed: [] });
    listener.start(boots);
    listener.start(holds);
    port.errText = "";
    port.onErr = (text) => {
      port.outText += text.replaceAll("\r\u001b[2K", "<wipe>");
    };
    port.outText = "";
    listener.end(holds, verdict(holds));
    listener.stopped(boots);
    expect(port.outText).toBe(
      "<wipe>  ✓ It holds holds · 5 ms\n<wipe>  … 2/2 boots<wipe>  – It boots stopped\n<wipe>",
    );
  });
});
