import { atLeast, seedsFrom } from "./arm-parts.ts";
import type { ArmResult, Experiment, RunContext } from "./experiment.ts";

/** What is done in a clone of the repository, so often, one after the other. */
export interface CloneTask {
  readonly command: readonly string[];
  readonly times: number;
  /** A file that is put into the clone first. */
  readonly planted?: { readonly file: string; readonly text: string };
  /** What is installed in the repository is used in the clone: for a small run, which fetches nothing. */
  readonly borrowsInstalled: boolean;
  /** Called now and then while a command runs. */
  readonly onBeat: () => void;
}

/** Exit codes in order, up to the first that is not 0; none where there is no clone. And what the last one printed, its end. */
export interface CloneEnded {
  readonly codes: readonly number[];
  readonly output: string;
}

type LentCleanClone = (task: CloneTask) => Promise<CloneEnded>;

const FULL = ["make", "test"] as const;
/** One part of one package, in seconds. */
const SMALL = ["node_modules/.bin/vitest", "run", "packages/mesh/src/rle"] as const;
const TIMES = 2;
const PLANTED = {
  file: "packages/mesh/src/rle/planted.test.ts",
  text: 'import { expect, it } from "vitest";\n\nit("is planted, and fails", () => {\n  expect(1 + 1).toBe(3);\n});\n',
};

async function cloned(context: RunContext, isPlanted: boolean): Promise<ArmResult> {
  const lent = context.lend("clone");
  if (typeof lent !== "function")
    return { ran: false, reason: "this program does not run in a checkout of its repository" };
  // The name is the agreement between host and arms.
  const run = lent as LentCleanClone;
  const isSmall = context.size === "small";
  const { codes, output } = await run({
    command: isSmall ? SMALL : FULL,
    times: isPlanted ? 1 : TIMES,
    borrowsInstalled: isSmall,
    onBeat: () => context.progress(isPlanted ? 1 : 0, 2),
    ...(isPlanted ? { planted: PLANTED } : {}),
  });
  if (codes.length === 0 || codes.some((code) => code === 126 || code === 127))
    return { ran: false, reason: `nothing was run in a clone: ${output.trim().slice(-200)}` };
  // Red for another reason shows nothing of what was planted.
  if (isPlanted && codes[0] !== 0 && !output.includes("is planted, and fails"))
    return { ran: false, reason: "it failed, and did not name the test that was planted" };
  const green = codes.filter((code) => code === 0).length;
  return {
    ran: true,
    samples: [{ values: { holds: green === codes.length ? 1 : 0, green } }],
  };
}

/** One command on a clean clone, twice; it takes what `make test` takes, three times. */
export const CLEAN_CLONE_CRITERION: Experiment = {
  id: "house.clean-clone",
  section: "5.1",
  title: "One command on a clean clone",
  method:
    "The commit that is checked out is cloned into a temporary folder, and `make test` is run there twice: it installs what is locked, and must be green both times. The mutant is a clone with one test more, which fails; it must be red, and name that test. A small run takes the tests of one folder, with what is installed in the repository.",
  workload: { command: [...FULL], times: TIMES, planted: PLANTED.file },
  seeds: seedsFrom(1, 1),
  arms: [
    { name: "a clean clone", role: "ours", run: (_, context) => cloned(context, false) },
    {
      name: "a test that fails",
      role: "mutant",
      mustFail: ["holds"],
      run: (_, context) => cloned(context, true),
    },
  ],
  claims: [
    atLeast("holds", "seed", 1, "make test is green twice on a clean clone", {
      statistic: { kind: "worst", metric: "holds" },
    }),
  ],
};
