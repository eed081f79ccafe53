import { yamlText } from "./front-matter.ts";
import type { RepositoryFacts } from "./propose-ladder.ts";

interface ProposedGate {
  readonly id: string;
  readonly title: string;
  /** A command and what shows that it can fail; or why there is none yet, which is red until somebody writes one. */
  readonly check:
    | { readonly run: string; readonly negative?: string; readonly when?: string }
    | { readonly blocker: string };
}

/** The stages of seed 002 for a repository: what can be checked is, what only its people can name is there and red. */
export function proposeLifecycle(seen: RepositoryFacts): string {
  // What stands in a command is written as it is: names that a shell would read otherwise are not proposed.
  const facts = { ...seen, files: seen.files.filter((file) => /^[\w./-]+$/.test(file)) };
  return `# Plan → Build → Validate → Review → Release → the next iteration, sequential. Proposed by swoosh gates init; it is yours now.
# A gate with a blocker is red until you write its command: run: "…", and negative: "…", which must fail.
lifecycle: ${facts.name.slice(0, 13).replace(/-+$/, "")}-flow
version: "1.0"
phase: 0
stages:
${STAGES.map((stage) => stageOf(stage, facts)).join("")}`;
}

type Stage = readonly [
  name: string,
  gates: (facts: RepositoryFacts) => readonly ProposedGate[],
  approval: "by people" | "by gates alone",
];

const STAGES: readonly Stage[] = [
  ["plan", plan, "by people"],
  ["build", build, "by gates alone"],
  ["validate", validate, "by gates alone"],
  ["review", review, "by people"],
  ["release", release, "by gates alone"],
];

function stageOf([name, gates, approval]: Stage, facts: RepositoryFacts): string {
  const approvals =
    approval === "by people" ? `    approvals: { roles: ["operator:human"], at_least: 1 }\n` : "";
  return `  - stage: ${name}\n    gates:\n${linesOf(gates(facts))}\n${approvals}`;
}

function linesOf(gates: readonly ProposedGate[]): string {
  return gates
    .map(({ id, title, check }) => {
      const parts = Object.entries(check).map(([key, value]) => `${key}: ${yamlText(value)}`);
      return `      - { id: ${id}, title: ${yamlText(title)}, ${parts.join(", ")} }`;
    })
    .join("\n");
}

function plan({ files }: RepositoryFacts): readonly ProposedGate[] {
  const folder = files
    .map((file) => /^((?:.*\/)?(?:decisions|adrs?))\/[^/]+\.md$/.exec(file)?.[1])
    .find((found) => found !== undefined);
  const sinceRelease = (where: string): string =>
    `git log --diff-filter=A --format=%h "$(git describe --tags --abbrev=0 2>/dev/null || git rev-list --max-parents=0 HEAD | tail -1)"..HEAD -- ${where} | grep -q .`;
  return [
    {
      id: "spec",
      title: "Task specifications are atomic and testable",
      check: {
        run: "swoosh gates check front-matter",
        negative:
          "swoosh gates plant tasks/planted.md --append 'no front matter' -- swoosh gates check front-matter",
      },
    },
    {
      id: "test-matrix",
      title: "The test matrix says how each criterion is tested",
      check: {
        run: "test -s docs/living/TEST-MATRIX.md",
        negative: "test -s docs/living/no-such-matrix.md",
      },
    },
    {
      id: "decision-record",
      title: "What was decided since the last release is recorded",
      check:
        folder === undefined
          ? {
              blocker:
                "there are no decision records yet: begin docs/decisions, and ask for it here",
            }
          : { run: sinceRelease(folder), negative: sinceRelease(`${folder}/no-such-record.md`) },
    },
  ];
}

const TEST_FILE = "(^|/)(tests?|spec|__tests__)/|[._-](test|spec)[.]|(^|/)test_[^/]*[.]";

function build({ files, scripts }: RepositoryFacts): readonly ProposedGate[] {
  const readme = files.find((file) => /^readme\.\w+$/i.test(file));
  return [
    {
      id: "compiles",
      title: "It compiles",
      check:
        scripts["build"] === undefined
          ? { run: "git ls-files --error-unmatch . > /dev/null" }
          : { run: "npm run --silent build" },
    },
    {
      id: "docs-scaffolded",
      title: "The documentation is begun",
      check:
        readme === undefined
          ? { blocker: "there is no README yet" }
          : { run: `test -s ${readme}`, negative: `test -s no-such-${readme}` },
    },
    {
      id: "tests-scaffolded",
      title: "There are tests",
      check: files.some((file) => new RegExp(TEST_FILE).test(file))
        ? {
            run: `git ls-files | grep -qE '${TEST_FILE}'`,
            negative: `git ls-files no-such-folder | grep -qE '${TEST_FILE}'`,
          }
        : { blocker: "there is no test yet" },
    },
  ];
}

function validate({ scripts }: RepositoryFacts): readonly ProposedGate[] {
  const own = [
    ["lint", "The linter is content", "lint"],
    ["type", "The types are right", "typecheck"],
  ].flatMap(([id = "", title = "", script = ""]): readonly ProposedGate[] =>
    scripts[script] === undefined
      ? []
      : [{ id, title, check: { run: `npm run --silent ${script}` } }],
  );
  return [
    {
      id: "unit",
      title: "All tests pass",
      check: {
        run:
          scripts["test"] === undefined
            ? "swoosh gates run --level 1 --repo ."
            : "npm test --silent",
      },
    },
    ...own,
    {
      id: "docs",
      title: "No link in the documentation is broken",
      check: { run: "swoosh gates check links" },
    },
    {
      id: "security",
      title: "No secret is in the repository",
      check: { run: "swoosh gates check secrets", when: "phase >= 4" },
    },
  ];
}

function review({ scripts, makeTargets }: RepositoryFacts): readonly ProposedGate[] {
  const names = ["test:integration", "integration", "test:e2e", "e2e"];
  const script = names.find((name) => scripts[name] !== undefined);
  const target = names.find((name) => makeTargets.includes(name));
  const leftOver =
    "! grep -rIE --exclude-dir=node_modules --exclude-dir=.git --exclude-dir=.swoosh '^(<{7}|>{7}) ' .";
  return [
    {
      id: "checklist",
      title: "Living documents are whole, and no merge is left half done",
      check: {
        run: `swoosh gates check front-matter && ${leftOver}`,
        negative: `swoosh gates plant planted.txt --append '<<<<<<< planted' -- sh -c ${JSON.stringify(leftOver)}`,
      },
    },
    {
      id: "integration",
      title: "The parts work together",
      check:
        script === undefined && target === undefined
          ? {
              blocker:
                "nothing here is known as integration tests: name what runs the parts together",
            }
          : { run: script === undefined ? `make ${target ?? ""}` : `npm run --silent ${script}` },
    },
  ];
}

/** Where a release goes to, by what lies in the repository. */
const TARGETS = [
  ["container", /(^|\/)(Dockerfile|Containerfile)$/],
  ["compose", /(^|\/)(docker-)?compose\.ya?ml$/],
  ["cluster", /(^|\/)(Chart|kustomization)\.yaml$/],
] as const;

/** Nothing here deploys by itself: which command may do that is for people to say. */
function release({ files, scripts }: RepositoryFacts): readonly ProposedGate[] {
  const targets = TARGETS.filter(([, form]) => files.some((file) => form.test(file)));
  const deploy = (id: string, what: string): ProposedGate => ({
    id,
    title: `It is deployed${what}`,
    check: { blocker: `name the command that deploys${what}, or that shows that it is deployed` },
  });
  const log = files.find((file) => /^changelog(\.\w+)?$/i.test(file));
  const smoke = ["smoke", "test:smoke"].find((name) => scripts[name] !== undefined);
  const runbook = files.find((file) => /(rollback|undo)[^/]*\.md$/i.test(file));
  return [
    {
      id: "tagged",
      title: "The commit has a tag",
      check: {
        run: "git describe --tags --exact-match HEAD",
        negative: "git describe --tags --exact-match HEAD~1",
      },
    },
    {
      id: "changelog",
      title: "The changelog tells of this release",
      check:
        log === undefined
          ? { blocker: "there is no changelog yet: begin CHANGELOG.md, and ask for it here" }
          : {
              run: `grep -qF "$(git describe --tags --abbrev=0 | sed 's/^v//')" ${log}`,
              negative: `grep -qF "no such release" ${log}`,
            },
    },
    ...(targets.length === 0
      ? [deploy("deploy", "")]
      : targets.map(([name]) => deploy(`deploy-${name}`, ` as a ${name}`))),
    {
      id: "verify",
      title: "What is deployed is this release",
      check: { blocker: "name the command that asks what is deployed for its version" },
    },
    {
      id: "smoke",
      title: "What is deployed does its work",
      check:
        smoke === undefined
          ? { blocker: "name the command that tries what is deployed" }
          : { run: `npm run --silent ${smoke}` },
    },
    {
      id: "undo",
      title: "The release can be taken back",
      check:
        runbook === undefined
          ? { blocker: "nobody has written down how a release is taken back" }
          : { run: `test -s ${runbook}`, negative: `test -s no-such/${runbook}` },
    },
  ];
}
