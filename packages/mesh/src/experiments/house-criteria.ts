import { atLeast, seedsFrom } from "./arm-parts.ts";
import type { Arm, ArmResult, Experiment, RunContext } from "./experiment.ts";

/** What the host lends as `house`: runs a command at the root of this repository, and tells how it ended. */
type LentHouse = (command: readonly string[]) => Promise<{ readonly code: number }>;

/** A defect, planted in a copy of the repository in which the same command must fail. */
interface Planted {
  readonly name: string;
  readonly file: string;
  /** `FROM=>TO`, once. */
  readonly replace: string;
}

interface HouseGate {
  readonly id: string;
  readonly section: string;
  readonly title: string;
  readonly method: string;
  readonly claim: string;
  readonly command: readonly string[];
  readonly planted: readonly Planted[];
}

const tests = (...files: readonly string[]): readonly string[] => [
  "npx",
  "--no-install",
  "vitest",
  "run",
  ...files,
];

const SHIPPED = "packages/gates/src/shipped";
/** A gate that finds nothing, whatever there is: a check mark. */
const checkMark = (gate: string, name: string, from: string): Planted => ({
  name: `${gate} prints a check mark`,
  file: `${SHIPPED}/${name}.ts`,
  replace: `${from}=>${from} if (1 + 1 === 2) return [];`,
});

const GATES: readonly HouseGate[] = [
  {
    id: "lifecycle.gates",
    section: "5.9",
    title: "No release without all gates",
    method:
      "The charts of ladder and lifecycle under 10,000 random commands of people, services and a service that somebody made an operator; after each the charts must say what a model of the rule says: a release is entered with every gate of that commit green and the people's records there, and at no other time.",
    claim:
      "no sequence of 10,000 random commands reaches a release without every gate and a person's record",
    command: tests("packages/gates/src/single-rule.property.test.ts"),
    planted: [
      {
        name: "a gate left out",
        file: "charts/lifecycle.yaml",
        replace: "guards: [buildGreen, validateGreen]=>guards: [buildGreen]",
      },
      {
        name: "a release without a person",
        file: "charts/lifecycle.yaml",
        replace: "reviewGreen, reviewApproved]=>reviewGreen]",
      },
    ],
  },
  {
    id: "house.gates",
    section: "5.1",
    title: "Gates that are themselves tested",
    method:
      "Every gate that ships is held against a clean tree, on which it must say nothing, and against at least five planted defects, each of which it must find. The mutants are gates that find nothing.",
    claim: "every planted defect is found, and the clean tree raises no alarm",
    command: tests(`${SHIPPED}/shipped-gates.test.ts`),
    planted: [
      checkMark(
        "the secret scan",
        "check-secrets",
        "export function checkSecrets(files: readonly SourceText[]): readonly Finding[] {",
      ),
      checkMark(
        "the gate of comments",
        "check-docstrings",
        "export function checkDocstrings(files: readonly SourceText[]): readonly Finding[] {",
      ),
      checkMark(
        "the gate of documents",
        "check-documents",
        "export function checkDocuments(files: readonly SourceText[]): readonly Finding[] {",
      ),
      {
        name: "the gate of links takes any path for one that is there",
        file: `${SHIPPED}/check-links.ts`,
        replace:
          "return files.flatMap(({ path, text }) => {=>return files.slice(0, 0).flatMap(({ path, text }) => {",
      },
      {
        name: "the gate of drift looks one way",
        file: `${SHIPPED}/check-drift.ts`,
        replace: "return [...dead, ...silent];=>return [...dead];",
      },
    ],
  },
  {
    id: "house.drift",
    section: "5.1",
    title: "Specification drift",
    method:
      "`swoosh gates check spec-drift`, both ways, over what gates/spec.yaml names: gates, presets and the defaults of the mesh's commands; and the house's own rules over all pages: commands, paths and error codes that they name are real ones, and every error code is on its page.",
    claim: "every command, path and code in the pages is a real one, and the other way round",
    command: ["sh", "-c", "swoosh gates check spec-drift && node tools/tidy/src/main.ts"],
    planted: [
      {
        name: "a gate renamed in its page",
        file: "docs/gates.md",
        replace: "| `swoosh gates check secrets` |=>| `swoosh gates check secretz` |",
      },
      {
        name: "a gate that no page names",
        file: "apps/cli/src/gates-check-command.ts",
        replace: '"yaml",\n];=>"yaml",\n  "planted",\n];',
      },
      {
        name: "a default changed in the code only",
        file: "apps/cli/src/mesh-command.ts",
        replace:
          '.default({ width: 256, height: 256 }, "256x256")=>.default({ width: 128, height: 128 }, "128x128")',
      },
      {
        name: "a command that there is not",
        file: "docs/mesh/README.md",
        replace: "npx swoosh mesh recall=>npx swoosh mesh recoil",
      },
      {
        name: "an error code with another name",
        file: "docs/errors.md",
        replace: "| `malformed` |=>| `malfromed` |",
      },
    ],
  },
  {
    id: "house.docstrings",
    section: "5.1",
    title: "Comments on exports",
    method:
      "`swoosh gates check docstrings --parameters` over all sources of the mesh: whatever a file exports has a comment, and every plainly named parameter of an exported function, constructor or public method stands as a word in the comment above it. The mutants delete a comment, and the one mention of a parameter: a function's and a constructor's.",
    claim:
      "every export of the mesh's sources has a comment, and every parameter is named in the one above it",
    command: [
      "swoosh",
      "gates",
      "check",
      "docstrings",
      "--parameters",
      "packages/mesh/src/**/*.ts",
    ],
    planted: [
      {
        name: "a comment deleted",
        file: "packages/mesh/src/rle/write-rle.ts",
        replace:
          "/** The whole grid under `rule` as run length encoded text, lines of at most 70 columns; `readRle` gives the same grid again. */=>",
      },
      {
        name: "a function's parameter not named",
        file: "packages/mesh/src/router/choose-hop.ts",
        replace: "`weights`: what queue and hint count.=>What queue and hint count is given.",
      },
      {
        name: "a constructor's parameter not named",
        file: "packages/mesh/src/automaton/simd/striped-layout.ts",
        replace: "The layout for grids of `size`:=>The layout for its grids:",
      },
    ],
  },
  {
    id: "house.living-documents",
    section: "5.1",
    title: "Living documents",
    method:
      "Failures of eleven kinds (an exit code, a time limit, a signal, output that is binary, too long or no report, a full disk, a runner that is killed) in a repository of their own: each leaves one issue, one entry, one pitfall and one bundle, a second run adds nothing, and a halt ends by a person's record alone.",
    claim: "a failing gate leaves exactly one entry of each kind, and only a person signs it off",
    command: tests("apps/cli/src/gates/gates-failures.test.ts"),
    planted: [
      {
        name: "a sign-off by the runner itself",
        file: "charts/lifecycle.yaml",
        replace:
          'Lifecycle_Resume:\n    by: ["operator:human"]=>Lifecycle_Resume:\n    by: [ci, "operator:human"]',
      },
    ],
  },
];

/** Codes of `gates plant` and of shells: nothing was planted, or there is no such program. It shows nothing. */
const SHOWS_NOTHING = [126, 127];

async function ended(context: RunContext, command: readonly string[]): Promise<ArmResult> {
  const lent = context.lend("house");
  if (typeof lent !== "function")
    return { ran: false, reason: "this program does not run in a checkout of its repository" };
  // The name is the agreement between host and arms.
  const run = lent as LentHouse;
  const { code } = await run(command);
  if (SHOWS_NOTHING.includes(code))
    return { ran: false, reason: `it ended with ${code}: the command or the place is not there` };
  return { ran: true, samples: [{ values: { holds: code === 0 ? 1 : 0 } }] };
}

function experimentOf(gate: HouseGate): Experiment {
  const { command, planted, claim, ...about } = gate;
  return {
    ...about,
    workload: {
      command: [...command],
      planted: planted.map(({ file, replace }) => ({ file, replace })),
    },
    seeds: seedsFrom(1, 1),
    arms: [
      { name: "the tree as it is", role: "ours", run: (_, context) => ended(context, command) },
      ...planted.map(({ name, file, replace }): Arm => ({
        name,
        role: "mutant",
        mustFail: ["holds"],
        run: (_, context) =>
          ended(context, [
            ...["swoosh", "gates", "plant", file, "--replace", replace, "--"],
            ...command,
          ]),
      })),
    ],
    claims: [atLeast("holds", "seed", 1, claim, { statistic: { kind: "worst", metric: "holds" } })],
  };
}

/** Criteria of the house, by its real gates: on the tree as it is, and on copies with a defect planted. */
export const HOUSE_CRITERIA: readonly Experiment[] = GATES.map(experimentOf);
