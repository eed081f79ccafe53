import type { ReportFormat } from "./check.ts";
import { readGo, readVitest } from "./read-json-report.ts";
import { readJunit } from "./read-junit.ts";
import { readPytest } from "./read-pytest.ts";
import { readTap } from "./read-tap.ts";
import type { TestSummary } from "./test-summary.ts";
import { unreachable } from "@swoosh/kernel/values";

/** A test report in one of the known formats; undefined where the text is none. */
export function readReport(format: ReportFormat, text: string): TestSummary | undefined {
  switch (format) {
    case "auto":
      return (
        readJunit(text) ?? readVitest(text) ?? readTap(text) ?? readGo(text) ?? readPytest(text)
      );
    case "junit":
      return readJunit(text);
    case "vitest":
      return readVitest(text);
    case "tap":
    case "node-test":
      return readTap(text);
    case "go":
      return readGo(text);
    case "pytest":
      return readPytest(text);
    default:
      return unreachable(format);
  }
}
