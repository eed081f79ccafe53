import { describe, expect, it } from "vitest";
import type { Command } from "./check.ts";
import type { Execution } from "./execution.ts";
import { judgeCommand, judgeCriterion, judgeNegative } from "./judge-check.ts";
import { ladderOf } from "./test/files.ts";

const ran = (over: Partial<Execution> = {}): Execution => ({
  command: "x",
  exit: 0,
  signal: null,
  timedOut: false,
  trouble: null,
  durationMs: 1,
  output: "",
  outputBytes: 0,
  outputHash: "",
  isBinary: false,
  isCut: false,
  tests: null,
  reportTrouble: null,
  ...over,
});
const command = (over: Partial<Command> = {}): Command => ({
  run: "x",
  timeoutMs: 1_000,
  expect: { exit: 0, contains: [], lacks: [], testsMin: 0 },
  report: null,
  ...over,
});
const tests = { format: "tap", passed: 1, failed: 0, skipped: 0, failures: [] };

describe("a command is judged", () => {
  it.each<[string, Partial<Execution>, Partial<Command>, string | null]>([
    ["as expected", {}, {}, null],
    [
      "another exit",
      { exit: 2, output: "x\nError: no\n" },
      {},
      "exit 2, 0 was expected: Error: no",
    ],
    ["time out", { exit: null, timedOut: true }, {}, "no end within 1.0 s: stopped"],
    ["a signal", { exit: null, signal: "SIGSEGV" }, {}, "killed by SIGSEGV"],
    ["no start", { exit: null, trouble: "cannot be started" }, {}, "cannot be started"],
    [
      "a report that is missing",
      {},
      { report: { format: "tap", path: null } },
      "no test report was found in the output",
    ],
    [
      "no test at all",
      { tests: { ...tests, passed: 0 } },
      { report: { format: "tap", path: null } },
      "0 tests passed, at least 1 were expected",
    ],
    [
      "exit 0 over failed tests",
      { tests: { ...tests, failed: 1 } },
      { report: { format: "tap", path: null } },
      "1 tests failed, first without a name",
    ],
  ])("%s", (_name, execution, over, cause) => {
    const judged = judgeCommand(command(over), ran(execution));
    expect(judged).toEqual(cause === null ? { ok: true, cause: "" } : { ok: false, cause });
  });
});

describe("a negative", () => {
  const saying = (...contains: readonly string[]): Command =>
    command({ expect: { exit: null, contains, lacks: [], testsMin: 0 } });
  const negative = saying();
  it.each<[string, Command | null, Execution | null, string]>([
    ["that fails shows something", negative, ran({ exit: 1 }), "failed"],
    ["that passes is a failure itself", negative, ran({ exit: 0 }), "passed"],
    ["that is no command shows nothing", negative, ran({ exit: 127 }), "passed"],
    ["that is killed shows nothing", negative, ran({ exit: null, signal: "SIGKILL" }), "passed"],
    ["that does not end shows nothing", negative, ran({ exit: null, timedOut: true }), "passed"],
    [
      "with another exit than was named shows nothing",
      command({ expect: { exit: 1, contains: [], lacks: [], testsMin: 0 } }),
      ran({ exit: 2 }),
      "passed",
    ],
    ["that is not there is missing", null, null, "missing"],
    ["that fails for another reason shows nothing", saying("planted"), ran({ exit: 1 }), "passed"],
    [
      "that fails for its reason shows something",
      saying("planted"),
      ran({ exit: 1, output: "Error: planted" }),
      "failed",
    ],
  ])("%s", (_name, asked, execution, state) => {
    expect(judgeNegative(asked, execution).state).toBe(state);
  });

  it("is what a criterion lives by: without one it cannot pass", () => {
    const [level] = ladderOf(
      "  - { level: 0, name: A, criteria: [ { id: a, check: { run: x } } ] }",
    ).levels;
    const criterion = level?.criteria[0];
    if (criterion === undefined) throw new Error("no criterion");
    expect(judgeCriterion(criterion, { check: ran(), negative: null })).toMatchObject({
      ok: false,
      negative: "missing",
    });
  });
});
