import type { Part } from "./part.ts";

/** Coverage that fails where a branch of these folders is not taken. */
const ALL_BRANCHES = [
  "--coverage.enabled",
  "--coverage.reporter=text",
  ...["interpret", "log", "reduce"].map(
    (folder) => `--coverage.include=packages/kernel/src/${folder}/**`,
  ),
  "--coverage.thresholds.branches=100",
];

/**
 * The parts of `make test`, in order. Add a part here: a program that prints `N passed, M failed` as its last line.
 * A part without network or system packages comes first; what it needs, it fetches itself (`fetchNpm`, `needDebian`).
 */
export const PARTS: readonly Part[] = [
  { name: "tidy", fast: true, run: ["node", "tools/tidy/src/main.ts"] },
  {
    name: "types",
    fast: true,
    counts: "exit-code",
    run: ["node", "tools/test/src/check-types.ts"],
  },
  { name: "lint", fast: true, counts: "exit-code", run: ["oxlint", "--type-aware", "--quiet"] },
  { name: "format", fast: true, counts: "exit-code", run: ["oxfmt", "--check"] },
  {
    name: "contracts: what others rely on is as it was agreed to",
    fast: true,
    counts: "exit-code",
    run: ["node", "apps/cli/bin/swoosh.mjs", "gates", "check", "contracts"],
  },
  {
    name: "gates: CI requires the levels that are reached",
    fast: true,
    counts: "exit-code",
    run: ["node", "apps/cli/bin/swoosh.mjs", "gates", "ci", "--check"],
  },
  {
    name: "unit tests",
    minutesMax: 30,
    run: ["vitest", "run", "--reporter=default", "--reporter=./tools/test/src/count-reporter.ts"],
    soak: ["vitest", "run", "--reporter=default", "--reporter=./tools/test/src/count-reporter.ts"],
  },
  {
    // Before the parts that load the machine, and alone: it has times to keep.
    name: "demo: make start, within its times",
    soakOnly: true,
    run: ["node", "tools/start/src/prove-demo.ts"],
  },
  {
    // Criteria of level 0 of our own ladder, which is reached; agent-registers is a unit test, one-command is asked for by CI.
    name: "level 0: it boots from the tracked files alone, and is well",
    counts: "exit-code",
    run: [
      ...["node", "apps/cli/bin/swoosh.mjs", "gates", "check", "clean-boot", "--within", "120s"],
      ...["--url", "http://127.0.0.1:{port}/health", "--expect", '"status":"ok"', "--"],
      ...["node", "apps/cli/bin/swoosh.mjs", "up", "--data", "{data}/log", "--port", "{port}"],
    ],
  },
  {
    name: "determinism: Node 22, 24, 26 and Chromium",
    run: ["node", "tools/determinism/src/main.ts"],
    soak: ["node", "tools/determinism/src/main.ts"],
  },
  {
    name: "mutation sample",
    run: ["node", "tools/mutate/src/main.ts"],
    soak: ["node", "tools/mutate/src/main.ts", "--all"],
  },
  {
    name: "branches of reduce, interpreter and log",
    counts: "exit-code",
    soakOnly: true,
    // At the length of every change: what it takes must not depend on how long a property runs.
    run: ["env", "-u", "SWOOSH_SOAK", "vitest", "run", "packages/kernel", ...ALL_BRANCHES],
  },
  {
    name: "mesh: the report is what its results give; in soak, an hour without a leak",
    counts: "exit-code",
    run: ["node", "apps/cli/bin/swoosh.mjs", "mesh", "report", "--check"],
    soak: ["node", "apps/cli/bin/swoosh.mjs", "mesh", "soak", "--prove", "--minutes", "60"],
  },
];
