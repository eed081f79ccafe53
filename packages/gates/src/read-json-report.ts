import { parseTree, type Tree } from "./json-tree.ts";
import { FAILED_TESTS_NAMED_MAX } from "./limits.ts";
import type { TestFailure, TestSummary } from "./test-summary.ts";

/** JSON of Vitest and Jest (`--reporter=json`). undefined where it is something else. */
export function readVitest(text: string): TestSummary | undefined {
  const root = parseTree(text);
  if (root === undefined || !Array.isArray(root["testResults"])) return undefined;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: TestFailure[] = [];
  const fail = (name: string, message: string): void => {
    counts.failed += 1;
    if (failures.length < FAILED_TESTS_NAMED_MAX) failures.push({ name, message });
  };
  for (const file of trees(root["testResults"])) {
    const cases = trees(file["assertionResults"]);
    // A file that does not load has no cases, and a failure of its own.
    if (file["status"] === "failed" && cases.length === 0)
      fail(textOf(file["name"]), textOf(file["message"]));
    for (const one of cases) {
      const status = textOf(one["status"]);
      const messages = Array.isArray(one["failureMessages"])
        ? one["failureMessages"].map(textOf).join("\n")
        : "";
      if (status === "passed") counts.passed += 1;
      else if (status === "failed") fail(textOf(one["fullName"]), messages);
      else counts.skipped += 1;
    }
  }
  if (root["success"] === false && counts.failed === 0)
    fail("the run", "it says that it did not succeed");
  return { format: "vitest", ...counts, failures };
}

/** `go test -json`: a JSON object a line. */
export function readGo(text: string): TestSummary | undefined {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: TestFailure[] = [];
  const output = new Map<string, string>();
  const packagesWithFailedTests = new Set<string>();
  let events = 0;
  for (const line of text.split("\n")) {
    if (!line.startsWith("{")) continue;
    const event = parseTree(line);
    const action = event === undefined ? undefined : event["Action"];
    if (event === undefined || typeof action !== "string" || typeof event["Package"] !== "string")
      continue;
    events += 1;
    const name =
      typeof event["Test"] === "string" ? `${event["Package"]} ${event["Test"]}` : event["Package"];
    if (action === "output")
      output.set(name, `${output.get(name) ?? ""}${textOf(event["Output"])}`.slice(-2_000));
    const isTest = typeof event["Test"] === "string";
    if (action === "pass" && isTest) counts.passed += 1;
    if (action === "skip" && isTest) counts.skipped += 1;
    if (action !== "fail") continue;
    // A package fails with its tests; alone it fails because it does not build.
    if (!isTest && packagesWithFailedTests.has(event["Package"])) continue;
    packagesWithFailedTests.add(event["Package"]);
    counts.failed += 1;
    if (failures.length < FAILED_TESTS_NAMED_MAX)
      failures.push({ name, message: (output.get(name) ?? "").trim() });
  }
  return events === 0 ? undefined : { format: "go", ...counts, failures };
}

function trees(value: unknown): readonly Tree[] {
  return Array.isArray(value)
    ? value.filter(
        (one): one is Tree => typeof one === "object" && one !== null && !Array.isArray(one),
      )
    : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
