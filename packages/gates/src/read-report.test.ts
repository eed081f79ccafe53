import { describe, expect, it } from "vitest";
import { readReport } from "./read-report.ts";

const counts = (format: Parameters<typeof readReport>[0], text: string): string => {
  const read = readReport(format, text);
  return read === undefined
    ? "none"
    : `${read.format} ${read.passed}/${read.failed}/${read.skipped} ${read.failures.map(({ name }) => name).join(",")}`;
};

const PYTEST_XML = `<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="0" failures="1" skipped="1" tests="3" time="0.05"><testcase classname="test_a" name="test_ok" time="0.001" /><testcase classname="test_a" name="test_bad" time="0.001"><failure message="AssertionError: assert 1 == 2&#10;  +1">def test_bad():
&gt;       assert 1 == 2</failure></testcase><testcase classname="test_a" name="test_skip"><skipped type="pytest.skip" message="no" /></testcase></testsuite></testsuites>`;
const TAP = `TAP version 13
# Subtest: outer
    # Subtest: inner ok
    ok 1 - inner ok
      ---
      duration_ms: 0.5
      ...
    # Subtest: inner bad
    not ok 2 - inner bad
      ---
      error: 'expected 1'
      ...
    1..2
not ok 1 - outer
# Subtest: later
ok 2 - later # SKIP no need
1..2
`;
const VITEST = JSON.stringify({
  success: false,
  testResults: [
    {
      status: "failed",
      name: "a.test.ts",
      message: "",
      assertionResults: [
        { status: "passed", fullName: "a" },
        { status: "failed", fullName: "b", failureMessages: ["no"] },
        { status: "pending", fullName: "c" },
      ],
    },
  ],
});
const GO = [
  { Action: "run", Package: "m", Test: "TestA" },
  { Action: "pass", Package: "m", Test: "TestA" },
  { Action: "output", Package: "m", Test: "TestB", Output: "no\n" },
  { Action: "fail", Package: "m", Test: "TestB" },
  { Action: "fail", Package: "m" },
]
  .map((line) => JSON.stringify(line))
  .join("\n");

describe("test reports", () => {
  it.each<[string, Parameters<typeof readReport>[0], string, string]>([
    ["JUnit of pytest", "auto", PYTEST_XML, "junit 1/1/1 test_a test_bad"],
    ["JUnit that was cut off", "junit", PYTEST_XML.slice(0, -60), "none"],
    [
      "JUnit whose totals lie",
      "junit",
      PYTEST_XML.replace('failures="1"', 'failures="0"'),
      "junit 1/1/1 test_a test_bad",
    ],
    ["TAP of node --test", "auto", TAP, "tap 1/1/1 inner bad"],
    [
      "TAP whose plan was not kept",
      "tap",
      "TAP version 13\nok 1 - a\n1..3\n",
      "tap 1/1/0 the plan",
    ],
    ["TAP that bailed out", "tap", "1..1\nok 1 - a\nBail out! no disk\n", "tap 1/1/0 the run"],
    ["JSON of Vitest", "auto", VITEST, "vitest 1/1/1 b"],
    [
      "JSON of a file that does not load",
      "vitest",
      JSON.stringify({
        success: false,
        testResults: [{ status: "failed", name: "a", message: "boom", assertionResults: [] }],
      }),
      "vitest 0/1/0 a",
    ],
    ["go test -json", "auto", GO, "go 1/1/0 m TestB"],
    [
      "a Go package that does not build",
      "go",
      JSON.stringify({ Action: "fail", Package: "m" }),
      "go 0/1/0 m",
    ],
    [
      "pytest -q",
      "auto",
      "..F\nFAILED test_a.py::test_bad - assert 1 == 2\n1 failed, 2 passed in 0.12s\n",
      "pytest 2/1/0 test_a.py::test_bad",
    ],
    ["pytest without tests", "pytest", "\nno tests ran in 0.01s\n", "pytest 0/0/0 "],
    ["garbage", "auto", "\u0000\u0001 hello <testsuite", "none"],
    ["nothing", "auto", "", "none"],
  ])("%s", (_name, format, text, wanted) => {
    expect(counts(format, text)).toBe(wanted);
  });
});
