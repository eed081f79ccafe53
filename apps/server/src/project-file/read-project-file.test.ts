import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createGuards } from "@swoosh/guards";
import { nodeHasher } from "@swoosh/kernel/testing";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { SHIPPED_CHARTS } from "../charts/shipped-charts.ts";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { councilInputsOf, lockedPlanOf } from "./plan-inputs.ts";
import type { ProjectPlan } from "./project-plan.ts";
import { readProjectFile } from "./read-project-file.ts";

const LEAST = "goal: tests pass\ntasks:\n  - { id: test, run: npm test }\n";

const FULL = `
goal: build the library and publish its report
roles:
  - { name: builder, core: true, seats: 2 }
  - { name: reviewer, core: true }
gates:
  - { name: built, exit: 0, files: [dist/index.js], contains: [ok], lacks: [warning] }
tasks:
  - { id: install, run: [npm, ci] }
  - id: build
    run: npm run build
    role: builder
    needs: [install]
    deadline_beats: 40
    gate: built
    artefacts: [dist]
    limits: { timeout: 2m, memory_mib: 512, output_kib: 64 }
tools:
  - { name: search, pin: 1.4.0, run: [node, tools/search.js] }
  - { name: registry, url: "https://tools.example/mcp" }
thresholds: { approvals: 3 }
tempo: { beats_per_minute: 240, beats_per_bar: 12 }
`;

function mustRead(text: string): ProjectPlan {
  const { plan, problems } = readProjectFile(text);
  expect(problems).toBeUndefined();
  if (plan === undefined) throw new Error("no plan");
  return plan;
}

const problemsOf = (text: string): readonly string[] =>
  (readProjectFile(text, "p.yaml").problems ?? []).map(
    ({ file, line, column, message }) => `${file}:${line}:${column} ${message}`,
  );

describe("a project file", () => {
  it("needs a goal and one task; everything else has a default", () => {
    expect(mustRead(LEAST)).toEqual({
      goal: "tests pass",
      roles: [
        { name: "builder", core: true, seats: 2 },
        { name: "reviewer", core: true, seats: 1 },
      ],
      gates: [{ name: "passes", exit: 0, files: [], contains: [], lacks: [] }],
      tasks: [
        {
          id: "test",
          role: "builder",
          run: ["sh", "-c", "npm test"],
          needs: [],
          deadlineBeats: 600,
          gate: "passes",
          artefacts: [],
          limits: { timeoutMs: 300_000, memoryBytes: 1_073_741_824, outputBytes: 1_048_576 },
        },
      ],
      tools: [],
      threshold: 2,
      tempo: { beatsPerMinute: 120, beatsPerBar: 8 },
    });
  });

  it("says everything that a plan has", () => {
    const plan = mustRead(FULL);
    expect(plan.tasks[0]).toMatchObject({ run: ["npm", "ci"], gate: "passes", role: "builder" });
    expect(plan.tasks[1]).toEqual({
      id: "build",
      role: "builder",
      run: ["sh", "-c", "npm run build"],
      needs: ["install"],
      deadlineBeats: 40,
      gate: "built",
      artefacts: ["dist"],
      limits: { timeoutMs: 120_000, memoryBytes: 536_870_912, outputBytes: 65_536 },
    });
    expect(plan.gates[0]).toEqual({
      name: "built",
      exit: 0,
      files: ["dist/index.js"],
      contains: ["ok"],
      lacks: ["warning"],
    });
    expect(plan.tools).toEqual([
      { name: "search", pin: "1.4.0", server: { kind: "stdio", run: ["node", "tools/search.js"] } },
      { name: "registry", pin: "", server: { kind: "http", url: "https://tools.example/mcp" } },
    ]);
    expect([plan.threshold, plan.tempo]).toEqual([3, { beatsPerMinute: 240, beatsPerBar: 12 }]);
  });

  it("makes the first role core where none says it, and all of the page's examples read", () => {
    const plan = mustRead(`${LEAST}roles: [{ name: a }, { name: b }]`);
    expect(plan.roles.map(({ core }) => core)).toEqual([true, false]);
    const page = readFileSync(new URL("../../../../docs/swoosh-yaml.md", import.meta.url), "utf8");
    const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text ?? "");
    expect(examples.length).toBeGreaterThanOrEqual(2);
    for (const example of examples) mustRead(example);
  });
});

describe("a broken project file is refused with line and column", () => {
  it.each<readonly [text: string, ...problems: string[]]>([
    ["", "p.yaml:1:1 the file holds no value"],
    ["[a]", "p.yaml:1:1 the file is a list; a project is a map"],
    [
      "title: x",
      'p.yaml:1:1 unknown key "title"; known are goal, roles, gates, tasks, tools, thresholds, tempo',
      "p.yaml:1:1 goal is missing; a text is expected",
      "p.yaml:1:1 a project has at least one task: tasks: [{ id: test, run: npm test }]",
    ],
    [`${LEAST}  - { id: test, run: a }\n`, 'p.yaml:4:11 id "test" is there twice in tasks'],
    [
      `${LEAST}  - { id: "a b", run: [] }\n`,
      'p.yaml:4:11 "a b" is no name; it has letters, digits, _, - and .',
      "p.yaml:4:23 run is empty; it begins with the name of a program",
    ],
    [
      `${LEAST}  - id: b\n    needs: [tset]\n    role: tester\n    gate: green\n    run: x\n    deadline_beats: 0\n`,
      'p.yaml:5:13 task b waits for "tset", which is no task; there are test, b',
      'p.yaml:6:11 task b is for "tester", which is no role; there are builder, reviewer',
      'p.yaml:7:11 task b has the gate "green", which is not there; there are passes',
      "p.yaml:9:21 deadline_beats is 0; an integer from 1 to 1000000 is expected",
    ],
    [
      "goal: g\ntasks:\n  - { id: a, run: x, needs: [b] }\n  - { id: b, run: x, needs: [a] }\n  - { id: c, run: x, needs: [b] }\n",
      "p.yaml:3:29 these tasks wait for one another: a, b, c; take one of their needs away",
    ],
    [
      `${LEAST}  - { id: b, run: x, artefacts: [../secrets, /etc/passwd, 'a\\b', .git/config] }\n`,
      'p.yaml:4:34 "../secrets" has a step "." or ".." that leads elsewhere; write a path below the project\'s folder, like dist/report.json',
      'p.yaml:4:46 "/etc/passwd" is absolute; write a path below the project\'s folder, like dist/report.json',
      'p.yaml:4:59 "a\\b" has a backslash; write a path below the project\'s folder, like dist/report.json',
      'p.yaml:4:66 ".git/config" is inside of .git; write a path below the project\'s folder, like dist/report.json',
    ],
    [
      `${LEAST}thresholds: { approvals: 4 }\n`,
      "p.yaml:4:26 approvals is 4; an integer from 1 to 3 is expected",
    ],
    [
      `${LEAST}roles: [{ name: a, seats: 9 }, { name: a, core: yes }]\n`,
      "p.yaml:4:8 the roles have 10 seats together; at most 9",
      'p.yaml:4:40 name "a" is there twice in roles',
      'p.yaml:4:49 core is "yes"; true or false is expected',
    ],
    [
      `${LEAST}tools:\n  - { name: a }\n  - { name: b, run: x, url: "http://h/" }\n  - { name: c, url: "ftp://h/" }\n  - { name: d, url: "http://u:p@h/" }\n  - { name: e, pin: "1 2", run: x }\n`,
      "p.yaml:5:5 a tool says how to reach it: run (a program that speaks over its standard streams) or url (streamable HTTP)",
      "p.yaml:6:5 a tool has run or url, not both",
      'p.yaml:7:21 "ftp://h/" is no http or https URL',
      "p.yaml:8:21 the URL holds credentials; a project file is stored and shown, so none may be in it",
      'p.yaml:9:21 "1 2" is no version; at most 24 letters, digits and . + _ -',
    ],
    [
      `${LEAST}tempo: { beats_per_minute: 1001, beats_per_bar: 2 }\n`,
      "p.yaml:4:28 beats_per_minute is 1001; an integer from 1 to 1000 is expected",
      "p.yaml:4:49 beats_per_bar is 2; an integer from 4 to 120 is expected",
    ],
    [
      "goal: &g x\ntasks: *g\n",
      'p.yaml:1:7 the anchor "&g" is refused; nothing can refer to it',
      'p.yaml:2:8 the alias "*g" is refused; write the value out',
    ],
    [
      `goal: g\ntasks:\n${Array.from({ length: 17 }, (_, at) => `  - { id: t${at}, run: x }\n`).join("")}`,
      "p.yaml:3:3 tasks has 17 items; at most 16",
    ],
  ])("%j", (text, ...problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });
});

describe("a plan that was read can be locked", () => {
  const kernel = createServerKernel();
  const chart = kernel.loadChartText(
    readFileSync(join(SHIPPED_CHARTS, "project.yaml"), "utf8"),
  ).normal;
  const inputsOf = (name: string): object => ({ ...chart?.transitions[name]?.inputs });
  const planValid = createGuards(nodeHasher).find(({ name }) => name === "planValid");
  const manyTasks = Array.from({ length: 16 }, (_, at) => {
    const needs = Array.from({ length: Math.min(at, 8) }, (_, need) => `${"t".repeat(17)}${need}`);
    return `  - { id: ${"t".repeat(17)}${at}, role: ${"r".repeat(24)}, run: x, gate: ${"g".repeat(32)}, needs: [${needs.join(", ")}] }\n`;
  }).join("");
  const WIDEST = `goal: ${"g".repeat(400)}\nroles: [{ name: ${"r".repeat(24)}, seats: 9 }]\ngates: [{ name: ${"g".repeat(32)} }]\ntools: [{ name: ${"n".repeat(24)}, pin: ${"p".repeat(24)}, run: x }]\nthresholds: { approvals: 9 }\ntasks:\n${manyTasks}`;

  it.each([
    ["least", LEAST],
    ["full", FULL],
    ["widest", WIDEST],
  ])("the %s", (_name, text) => {
    const plan = mustRead(text);
    const locked = lockedPlanOf(nodeHasher, plan);
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    expect(ajv.validate(inputsOf("Execution_PlanLocked"), locked), ajv.errorsText()).toBe(true);
    const council = councilInputsOf(plan);
    expect(ajv.validate(inputsOf("Council_ProfilesLoaded"), council), ajv.errorsText()).toBe(true);
    const members = plan.roles.reduce((sum, { seats }) => sum + seats, 0);
    const roles = plan.roles.map(({ name }) => name);
    const args = { hash: locked.plan_hash, members, plan: locked.plan, roles };
    const registry = { identityOf: () => undefined, operatorOtherThan: () => undefined };
    expect(planValid?.check(args, [], registry)).toMatchObject({ ok: true });
  });
});
