import { describe, expect, it } from "vitest";
import { rationaleOf, scanEvidence } from "./policy-evidence.ts";
import type { PolicyScan } from "./policy-scan.ts";

const scan = (place: string, count: number): PolicyScan => ({
  policyVersion: 3,
  verdict: "deny",
  count,
  findings: [
    { rule: "url-password", verdict: "redact", place: "z", line: 1, hash: "salted-0" },
    { rule: "private-key", verdict: "deny", place, line: 7, hash: "salted-1" },
  ],
});

describe("a rationale", () => {
  it("names the gravest finding, within what a chart takes", () => {
    expect(rationaleOf(scan("a/b.pem", 1))).toBe("private-key in a/b.pem:7");
    expect(rationaleOf(scan("a/b.pem", 2))).toBe("private-key in a/b.pem:7; 2 findings in all");
    expect(rationaleOf({ ...scan("", 0), verdict: "allow", findings: [] })).toBe(
      "policy 3: nothing found",
    );
    const odd = rationaleOf(scan(`${"long/".repeat(40)}"ü\\.pem`, 12_345));
    expect(odd).toMatch(/^[ !#-[\]-~]{99}$/);
    expect(odd).toMatch(/^private-key in \.\.\..*\?\?\?\.pem:7; 12345 findings in all$/);
  });

  it("comes with evidence in canonical JSON", () => {
    expect(Buffer.from(scanEvidence(scan("a", 2))).toString()).toBe(
      '{"count":2,"findings":[{"hash":"salted-0","line":1,"place":"z","rule":"url-password","verdict":"redact"},{"hash":"salted-1","line":7,"place":"a","rule":"private-key","verdict":"deny"}],"policy_version":3,"verdict":"deny"}',
    );
  });
});
