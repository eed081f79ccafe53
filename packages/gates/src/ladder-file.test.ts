import { describe, expect, it } from "vitest";
import { readLadderFile } from "./ladder-file.ts";
import { judgeCriterion } from "./judge-check.ts";
import { readLifecycleFile } from "./lifecycle-file.ts";
import { readTaskSpec } from "./task-spec.ts";
import { judgeThresholds, readThresholdFile } from "./threshold-file.ts";

const GOOD = `ladder: platform
version: "1.0"
levels:
  - level: 0
    name: Running Baseline
    rule: No feature work until it boots.
    criteria:
      - id: health
        title: Health endpoint returns OK
        check: { run: "scripts/gates/health.sh", timeout: 60s, expect: { exit: 0 } }
        negative: { run: "scripts/gates/health.sh --against broken", expect: { exit: 1 } }
        fresh_for: 7d
        evidence: [ "gates/out/health.json" ]
    regression_triggers: [ { id: schema-drift, title: Drift, when: { run: "swoosh schema verify" } } ]
`;

const at = (text: string, from: string, to: string): readonly string[] => {
  expect(text.split(from).length - 1, `"${from}" stands once`).toBe(1);
  return readLadderFile(text.replace(from, () => to)).problems.map(
    ({ line, column, code }) => `${line}:${column} ${code}`,
  );
};

describe("gates/maturity.yaml", () => {
  it("is read as the design writes it", () => {
    const { ladder, problems } = readLadderFile(GOOD);
    expect(problems).toEqual([]);
    const criterion = ladder?.levels[0]?.criteria[0];
    expect(criterion).toMatchObject({ id: "health", freshMs: 604_800_000, severity: null });
    expect(criterion?.check).toMatchObject({ timeoutMs: 60_000, expect: { exit: 0 } });
    expect(ladder?.levels[0]?.triggers[0]?.check?.run).toBe("swoosh schema verify");
  });

  it.each([
    ["timeout: 60s", "timeout: 60", "10:59 not_a_duration"],
    ["timeout: 60s", "timeout: 99w", "10:59 not_in_range"],
    ["fresh_for: 7d", "freshfor: 7d", "12:9 unknown_key"],
    ["id: health", "id: Health", "8:13 not_a_name"],
    ["level: 0", "level: 1", "4:12 out_of_order"],
    ["id: schema-drift", "id: health", "14:34 twice"],
    ["exit: 0", 'exit: "0"', "10:80 not_in_range"],
    ["ladder: platform", "ladder: 7", "1:9 not_a_text"],
    ["    name: Running Baseline\n", "", "4:5 missing"],
    ["title: Drift", "titel: Drift", "14:48 unknown_key"],
  ])("%s → %s is told at its place", (from, to, problem) => {
    expect(at(GOOD, from, to)).toContain(problem);
  });

  it("warns of a criterion that cannot be shown to fail, at its line", () => {
    const negative = /^ {8}negative.*\n/m.exec(GOOD)?.[0] ?? "";
    const { ladder, problems } = readLadderFile(GOOD.replace(negative, ""));
    expect(ladder).toBeDefined();
    expect(problems.map(({ severity, code, line }) => ({ severity, code, line }))).toEqual([
      { severity: "warning", code: "no_negative", line: 8 },
    ]);
  });

  it("tells every problem at once, and gives no ladder", () => {
    const broken = GOOD.replace("60s", "60").replace("7d", "7x").replace("id: health", "id: H");
    const { ladder, problems } = readLadderFile(broken);
    expect(ladder).toBeUndefined();
    expect(problems.filter(({ severity }) => severity === "error").length).toBe(3);
  });

  it.each(["", "- 1", "levels: [", "ladder: a", "\u0000", "ladder: a\nlevels: {}"])(
    "refuses %j without a throw",
    (text) => {
      expect(readLadderFile(text).ladder).toBeUndefined();
      expect(readLadderFile(text).problems.length).toBeGreaterThan(0);
    },
  );

  it("takes gaps in as criteria of their level", () => {
    const { ladder } = readLadderFile(GOOD, "gaps:\n  - { id: gap-x, level: 0, title: X }\n");
    expect(ladder?.levels[0]?.criteria.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      "health criterion",
      "gap-x gap",
    ]);
  });
});

describe("gates/lifecycle.yaml", () => {
  const text = `lifecycle: mesh
phase: 3
stages:
  - stage: validate
    gates: [ { id: unit, run: "npm test" }, { id: perf, run: x, when: "phase >= 3", thresholds: t.yaml } ]
  - stage: review
    approvals: { roles: ["operator:human"], at_least: 2 }
`;
  it("is read as the design writes it", () => {
    const { lifecycle, problems } = readLifecycleFile(text);
    expect(problems).toEqual([]);
    expect(lifecycle?.approvals).toEqual({ plan: 1, review: 2 });
    expect(lifecycle?.stages.validate.map(({ id }) => id)).toEqual(["unit", "perf"]);
  });

  it("has gates that are known to be red: without a command where a blocker says why, and not otherwise", () => {
    const blocked = text.replace("run: x", 'target: "50 ms", blocker: "no dashboard yet"');
    const { lifecycle, problems } = readLifecycleFile(blocked);
    expect(problems).toEqual([]);
    const [, gate] = lifecycle?.stages.validate ?? [];
    expect(gate).toMatchObject({ check: null, target: "50 ms", blocker: "no dashboard yet" });
    if (gate === undefined) throw new Error("no gate");
    expect(judgeCriterion(gate, { check: null, negative: null })).toMatchObject({
      ok: false,
      cause: "no dashboard yet",
    });
    expect(readLifecycleFile(text.replace("run: x, ", "")).problems).toMatchObject([
      { code: "missing" },
    ]);
  });

  it.each([
    ["operator:human", "operator", "not_human"],
    ["stage: review", "stage: plan", "out_of_order"],
    ["id: perf", "id: unit", "twice"],
    ["stage: validate", "stage: verify", "unknown_value"],
  ])("%s → %s is refused as %s", (from, to, code) => {
    expect(readLifecycleFile(text.replace(from, to)).problems.map((one) => one.code)).toContain(
      code,
    );
  });
});

describe("threshold files", () => {
  it("of seed 002 are read as they stand", () => {
    const { thresholds } = readThresholdFile(
      "phase_1:\n  glider:\n    max_latency_ms: 10\n    accuracy_threshold: 0.95 # of seed\n  p:\n    false_positive_rate: 0.05\nphase_7:\n  frame_rate_min_fps: 1.0\n",
    );
    expect(
      thresholds?.map(({ metric, direction, bound }) => `${metric} ${direction} ${bound}`),
    ).toEqual([
      "phase_1.glider.max_latency_ms at_most 10000000",
      "phase_1.glider.accuracy_threshold at_least 950000",
      "phase_1.p.false_positive_rate at_most 50000",
      "phase_7.frame_rate_min_fps at_least 1000000",
    ]);
  });

  it("what was not measured does not pass", () => {
    const { thresholds = [] } = readThresholdFile("a:\n  max_ms: 10\n");
    const judge = (...samples: number[]) =>
      judgeThresholds(thresholds, [{ metric: "a.max_ms", samples }])[0];
    expect(judge()?.ok).toBe(false);
    expect(judge(10_000_000)?.ok).toBe(true);
    expect(judge(10_000_001)?.ok).toBe(false);
  });
});

describe("task specifications", () => {
  const task =
    "---\nid: glider\ntitle: Gliders\nacceptance: [moves]\ntests: [unit]\natomic: true\n---\nText\n";
  it("are atomic, testable and gated, or refused with their line", () => {
    expect(readTaskSpec(task).task?.id).toBe("glider");
    const codes = (text: string) =>
      readTaskSpec(text).problems.map(({ code, line }) => `${line} ${code}`);
    expect(codes(task.replace("atomic: true", "atomic: false"))).toEqual(["6 not_atomic"]);
    expect(codes(task.replace("[moves]", "[]"))).toEqual(["2 not_gated"]);
    expect(codes(task.replace("tests: [unit]\n", ""))).toEqual(["2 not_testable"]);
    expect(codes("no front matter")).toEqual(["1 no_front_matter"]);
  });
});
