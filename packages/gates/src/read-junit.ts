import { FAILED_TESTS_NAMED_MAX } from "./limits.ts";
import type { TestFailure, TestSummary } from "./test-summary.ts";

/**
 * JUnit XML as pytest, Maven, Gradle, Vitest and others write it. The test cases are counted, not the totals that the file
 * claims: a report that was cut off, or whose totals lie, does not pass. undefined where it is no such file.
 */
export function readJunit(text: string): TestSummary | undefined {
  if (!/<testsuites?[\s>]/.test(text)) return undefined;
  // A report that ends in the middle is none.
  if (!/<\/testsuites?>\s*$/.test(text) && !/<testsuites?[^>]*\/>\s*$/.test(text)) return undefined;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: TestFailure[] = [];
  const cases = /<testcase\b((?:"[^"]*"|'[^']*'|[^'">])*?)(\/>|>([\s\S]*?)<\/testcase>)/g;
  for (const found of text.matchAll(cases)) {
    const [, attributes = "", , body = ""] = found;
    const failure =
      /<(failure|error)\b((?:"[^"]*"|'[^']*'|[^'">])*?)(?:\/>|>([\s\S]*?)<\/\1>)/.exec(body);
    if (failure !== null) {
      counts.failed += 1;
      const message = attribute(failure[2] ?? "", "message") ?? unescapeXml(failure[3] ?? "");
      const suite = attribute(attributes, "classname");
      const name = attribute(attributes, "name") ?? "a test";
      if (failures.length < FAILED_TESTS_NAMED_MAX)
        failures.push({
          name: suite === undefined ? name : `${suite} ${name}`,
          message: message.trim(),
        });
    } else if (/<skipped\b/.test(body)) counts.skipped += 1;
    else counts.passed += 1;
  }
  return { format: "junit", ...counts, failures };
}

function attribute(attributes: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}=(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  const value = found?.[1] ?? found?.[2];
  return value === undefined ? undefined : unescapeXml(value);
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
};

function unescapeXml(text: string): string {
  return text
    .replaceAll(/<!\[CDATA\[([\s\S]*?)\]\]>/g, "$1")
    .replaceAll(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w+));/g, (whole, decimal, hex, named) => {
      if (named !== undefined) return ENTITIES[named] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });
}
