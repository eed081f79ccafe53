import { FAILED_TESTS_NAMED_MAX } from "./limits.ts";
import type { TestFailure, TestSummary } from "./test-summary.ts";

/**
 * TAP 13 and 14, as `node --test --test-reporter=tap` writes it: leaves are counted, parents whose subtests are indented below
 * them are not. A plan that was not kept, or `Bail out!`, is a failure. undefined where it is no TAP.
 */
export function readTap(text: string): TestSummary | undefined {
  const lines = text.split("\n");
  const isTap = lines.some((line) => /^\s*(?:TAP version 1[34]|1\.\.\d+)\s*(?:#.*)?$/.test(line));
  if (!isTap) return undefined;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: TestFailure[] = [];
  let planned: number | undefined;
  let top = 0;
  // Depths at which a subtest was seen since the last line of that depth: such a line is the parent's, not a leaf's.
  const below = new Set<number>();
  for (const [index, line] of lines.entries()) {
    const plan = /^1\.\.(\d+)/.exec(line);
    if (plan !== null) planned = Number(plan[1]);
    if (line.startsWith("Bail out!")) {
      counts.failed += 1;
      failures.push({ name: "the run", message: line });
    }
    const found = /^(\s*)(not ok|ok)\b(?:\s+\d+)?(?:\s*-)?\s*(.*)$/.exec(line);
    if (found === null) continue;
    const depth = (found[1] ?? "").length;
    if (depth === 0) top += 1;
    const isParent = [...below].some((other) => other > depth);
    for (const other of below) if (other > depth) below.delete(other);
    below.add(depth);
    if (isParent) continue;
    const [name = "", directive = ""] = (found[3] ?? "").split(/\s#\s*(?=skip|todo)/i);
    if (/^(?:skip|todo)/i.test(directive)) counts.skipped += 1;
    else if (found[2] === "ok") counts.passed += 1;
    else {
      counts.failed += 1;
      if (failures.length < FAILED_TESTS_NAMED_MAX)
        failures.push({ name, message: diagnosis(lines, index) });
    }
  }
  if (planned !== undefined && planned !== top) {
    counts.failed += 1;
    failures.push({ name: "the plan", message: `${planned} tests were planned, ${top} reported` });
  }
  return { format: "tap", ...counts, failures };
}

/** `error:` of the YAML block below a line. */
function diagnosis(lines: readonly string[], index: number): string {
  if (!/^\s*---\s*$/.test(lines[index + 1] ?? "")) return "";
  for (let at = index + 2; at < lines.length && at < index + 60; at += 1) {
    const line = lines[at] ?? "";
    if (/^\s*\.\.\.\s*$/.test(line)) break;
    const error = /^\s*error:\s*(.*)$/.exec(line)?.[1];
    if (error !== undefined && error !== "|-" && error !== "|")
      return error.replaceAll(/^['"]|['"]$/g, "");
    if (error !== undefined) return (lines[at + 1] ?? "").trim();
  }
  return "";
}
