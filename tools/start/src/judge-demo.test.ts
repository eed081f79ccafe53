import { expect, it } from "vitest";
import { judgeDemo, type DemoRecord, type DemoSeen } from "./judge-demo.ts";

const DEMO = "project/demo";
const record = (transition: string, at: number, leaf: string, instance = DEMO): DemoRecord => ({
  at,
  configuration: [`Lifecycle.PROJECT_LIFECYCLE.Execution.${leaf}`],
  proposal: { instance, transition },
});

const GOOD: DemoSeen = {
  instance: DEMO,
  startedAt: 1_000,
  records: [
    record("Boot_ConfigOk", 1_500, "WAITING"),
    record("Beat_Tick", 1_600, "EXECUTION.PLAN", "beat/main"),
    record("Lifecycle_AllReady", 10_999, "EXECUTION.PLAN"),
    record("Execution_Complete", 60_999, "EXECUTION.REVERB"),
  ],
  printed: [
    "somewhere  dashboard, documentation, state",
    "  -0.1s  Boot_ConfigOk                operator",
    "   9.4s  Lifecycle_AllReady           driver     Execution WAITING → PLAN",
    "  59.4s  Execution_Complete           driver",
    "completed project/demo",
  ].join("\n"),
};

it("finds nothing against a demo in time, with a line for each step", () => {
  expect(judgeDemo(GOOD).filter(({ ok }) => !ok)).toEqual([]);
});

it.each<readonly [what: string, seen: Partial<DemoSeen>, detail: string]>([
  ["it is in EXECUTION", { startedAt: 999 }, "after 10000 ms; it has 10000"],
  ["it is completed", { startedAt: 999 }, "after 60000 ms; it has 60000"],
  ["it is in EXECUTION", { records: [] }, "it never was"],
  ["it is completed", { instance: "project/demo-2" }, "it never was"],
  ["each step has its line", { records: [], printed: "" }, "0 steps, 0 lines"],
  [
    "each step has its line",
    { printed: GOOD.printed.replace("Lifecycle_AllReady", "Something") },
    "step 1 was Lifecycle_AllReady, told was Something",
  ],
  [
    "each step has its line",
    { printed: `${GOOD.printed}\n  60.0s  Execution_Complete` },
    "3 steps, 4 lines",
  ],
])("says that %s not with %j", (what, seen, detail) => {
  expect(judgeDemo({ ...GOOD, ...seen })).toContainEqual({ what, ok: false, detail });
});
