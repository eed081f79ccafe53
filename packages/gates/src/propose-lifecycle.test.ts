import { describe, expect, it } from "vitest";
import { STAGES, readLifecycleFile } from "./lifecycle-file.ts";
import type { RepositoryFacts } from "./propose-ladder.ts";
import { proposeLifecycle } from "./propose-lifecycle.ts";

const EMPTY: RepositoryFacts = {
  name: "some-repository",
  files: ["a.txt"],
  scripts: {},
  hasLock: false,
  makeTargets: [],
};
const FULL: RepositoryFacts = {
  ...EMPTY,
  files: [
    "README.md",
    "CHANGELOG.md",
    "Dockerfile",
    "deploy/compose.yaml",
    "docs/adr/0001-why.md",
    "docs/rollback.md",
    "src/a.test.ts",
  ],
  scripts: { test: "t", build: "b", lint: "l", typecheck: "c", "test:e2e": "e", smoke: "s" },
};

function proposed(facts: RepositoryFacts) {
  const { lifecycle, problems } = readLifecycleFile(proposeLifecycle(facts));
  expect(problems).toEqual([]);
  if (lifecycle === undefined) throw new Error("no lifecycle");
  return lifecycle;
}

function told(facts: RepositoryFacts): Readonly<Record<string, string>> {
  const { stages } = proposed(facts);
  return Object.fromEntries(
    STAGES.map((stage) => [
      stage,
      stages[stage].map(({ id, blocker }) => (blocker === null ? id : `${id} (red)`)).join(" "),
    ]),
  );
}

const HOSTILE = ["docs/$(touch x)/rollback.md", "docs/a b/rollback.md", "docs/';x/adr/1.md"];

describe("the lifecycle that init proposes", () => {
  it("has every stage of the model, and is red where only people can say what to ask", () => {
    expect(told(EMPTY)).toEqual({
      plan: "spec test-matrix decision-record (red)",
      build: "compiles docs-scaffolded (red) tests-scaffolded (red)",
      validate: "unit docs security",
      review: "checklist integration (red)",
      release: "tagged changelog (red) deploy (red) verify (red) smoke (red) undo (red)",
    });
    expect(proposed(EMPTY).approvals).toEqual({ plan: 1, review: 1 });
  });

  it("puts no name into a command that a shell would read otherwise", () => {
    const hostile = { ...EMPTY, files: [...EMPTY.files, ...HOSTILE] };
    expect(proposeLifecycle(hostile)).toBe(proposeLifecycle(EMPTY));
  });

  it("asks for what lies there, and deploys nothing by itself", () => {
    expect(told(FULL)).toEqual({
      plan: "spec test-matrix decision-record",
      build: "compiles docs-scaffolded tests-scaffolded",
      validate: "unit lint type docs security",
      review: "checklist integration",
      release:
        "tagged changelog deploy-container (red) deploy-compose (red) verify (red) smoke undo",
    });
  });
});
