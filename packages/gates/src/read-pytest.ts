import { FAILED_TESTS_NAMED_MAX } from "./limits.ts";
import type { TestFailure, TestSummary } from "./test-summary.ts";

/** The last lines of `pytest -q`: `1 failed, 11 passed, 2 skipped in 0.12s`, and `FAILED name - message`. */
export function readPytest(text: string): TestSummary | undefined {
  const lines = text.trimEnd().split("\n");
  const summary = lines.findLast(
    (line) =>
      /^=*\s*(?:\d+ (?:passed|failed|skipped|errors?|xfailed|xpassed|deselected|warnings?)(?:, )?)+ in [\d.]+s/.test(
        line,
      ) || /^=*\s*no tests ran in [\d.]+s/.test(line),
  );
  if (summary === undefined) return undefined;
  const count = (word: string): number =>
    Number(new RegExp(`(\\d+) ${word}`).exec(summary)?.[1] ?? 0);
  const failures: TestFailure[] = [];
  for (const line of lines) {
    const found = /^(?:FAILED|ERROR) (\S+)(?: - (.*))?$/.exec(line);
    if (found !== null && failures.length < FAILED_TESTS_NAMED_MAX)
      failures.push({ name: found[1] ?? "", message: found[2] ?? "" });
  }
  return {
    format: "pytest",
    passed: count("passed"),
    failed: count("failed") + count("errors?") + count("xpassed"),
    skipped: count("skipped") + count("xfailed"),
    failures,
  };
}
