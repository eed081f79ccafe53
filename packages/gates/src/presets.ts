import type { Command } from "./check.ts";
import { plainLines } from "./error-signature.ts";

/** A tool that a gate may name instead of a command. */
export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly run: string;
  readonly report: Command["report"];
  /** The gate of seed 002 that it serves. */
  readonly gate: "unit" | "lint" | "type" | "docs" | "perf" | "security";
  /** How its own output says what is wrong: the first group is the message. Matched line by line. */
  readonly finding: string;
}

const plain = (
  name: string,
  gate: Preset["gate"],
  run: string,
  finding: string,
  title: string,
): Preset => ({ name, gate, run, finding, title, report: null });

/**
 * Seed 002's tools and those of Node. What most of them print is recorded in `src/test/recorded`; the forms of pip-audit, detect-secrets and
 * yamale are from their documentation, for want of the tools where this was written.
 */
export const PRESETS: readonly Preset[] = [
  {
    ...plain(
      "pytest",
      "unit",
      "pytest -q --tb=short --junit-xml=test-results.xml",
      "^(?:FAILED|ERROR) (.+)$",
      "Python tests",
    ),
    report: { format: "junit", path: "test-results.xml" },
  },
  plain(
    "ruff",
    "lint",
    "ruff check . --output-format=concise",
    "^(.+?:\\d+:\\d+: [A-Z]+\\d+ .+)$",
    "Python lint",
  ),
  plain(
    "flake8",
    "lint",
    "flake8 src/ tests/ --max-line-length=100",
    "^(.+?:\\d+:\\d+: [A-Z]\\d+ .+)$",
    "Python style",
  ),
  plain("mypy", "type", "mypy src/ --strict", "^(.+?:\\d+: error: .+)$", "Python types"),
  plain(
    "pyright",
    "type",
    "pyright src/",
    "^\\s*(.+?:\\d+:\\d+ - error: .+)$",
    "Python types, faster",
  ),
  plain(
    "mkdocs",
    "docs",
    "mkdocs build --strict",
    "^((?:WARNING|ERROR)\\s+-\\s+.+)$",
    "Documentation builds without a warning",
  ),
  plain(
    "pip-audit",
    "security",
    "pip-audit",
    "^(\\S+\\s+\\S+\\s+(?:PYSEC|GHSA|CVE)-\\S+.*)$",
    "Known vulnerabilities of Python packages",
  ),
  plain(
    "detect-secrets",
    "security",
    'detect-secrets scan --all-files | node -e \'const r=JSON.parse(require("fs").readFileSync(0));const f=Object.entries(r.results).flatMap(([p,l])=>l.map(x=>`${p}:${x.line_number}: ${x.type}`));console.log(f.join("\\n"));process.exit(f.length?1:0)\'',
    "^(.+?:\\d+: .+)$",
    "Secrets in files",
  ),
  plain(
    "yamale",
    "security",
    "yamale -s schema.yaml config/",
    "^\\s+(.+: .+)$",
    "YAML files against a schema",
  ),
  {
    ...plain(
      "vitest",
      "unit",
      "npx --no-install vitest run --reporter=json --outputFile=test-results.json",
      "^\\s*(?:FAIL|×)\\s+(.+)$",
      "Node tests with Vitest",
    ),
    report: { format: "vitest", path: "test-results.json" },
  },
  {
    ...plain(
      "node-test",
      "unit",
      "node --test --test-reporter=tap",
      "^not ok \\d+ - (.+)$",
      "Node's own test runner",
    ),
    report: { format: "tap", path: null },
  },
  plain("mocha", "unit", "npx --no-install mocha", "^\\s+\\d+\\) (.+)$", "Node tests with Mocha"),
  {
    ...plain(
      "jest",
      "unit",
      "npx --no-install jest --json --outputFile=test-results.json",
      "^\\s+● (.+)$",
      "Node tests with Jest",
    ),
    report: { format: "vitest", path: "test-results.json" },
  },
  plain(
    "tsc",
    "type",
    "npx --no-install tsc --noEmit",
    "^(.+?\\(\\d+,\\d+\\): error TS\\d+: .+)$",
    "TypeScript types",
  ),
  plain(
    "eslint",
    "lint",
    "npx --no-install eslint .",
    "^\\s+(\\d+:\\d+\\s+error\\s+.+)$",
    "JavaScript lint",
  ),
  plain(
    "oxlint",
    "lint",
    "npx --no-install oxlint",
    "^\\s*([x!] [\\w-]+\\(.+)$",
    "JavaScript lint, faster",
  ),
  plain(
    "prettier",
    "lint",
    "npx --no-install prettier --check .",
    "^\\[(?:warn|error)\\] (.+)$",
    "Format",
  ),
  plain(
    "npm-audit",
    "security",
    "npm audit --audit-level=high",
    "^(\\S+\\s+[<>=*]+.+)$",
    "Known vulnerabilities of npm packages",
  ),
  {
    ...plain("go-test", "unit", "go test -json ./...", "^--- FAIL: (.+)$", "Go tests"),
    report: { format: "go", path: null },
  },
  plain(
    "shellcheck",
    "lint",
    "shellcheck $(git ls-files '*.sh')",
    "^(.+?:\\d+:\\d+: (?:error|warning): .+)$",
    "Shell scripts",
  ),
];

export function presetOf(name: string): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name);
}

/** What a preset's tool complains about, in its own words; at most `most` findings. */
export function findingsOf(preset: Preset, output: string, most: number): readonly string[] {
  const pattern = new RegExp(preset.finding);
  const found: string[] = [];
  for (const line of plainLines(output)) {
    const message = pattern.exec(line.trimEnd())?.[1];
    if (message !== undefined) found.push(message.trim());
    if (found.length === most) break;
  }
  return found;
}
