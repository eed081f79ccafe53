import { basename, dirname, join, relative } from "node:path";
import process from "node:process";
import { createVitest, type TestSpecification } from "vitest/node";
import type { Mutant } from "./mutant.ts";
import { TARGETS } from "./targets.ts";

/**
 * One process that runs the tests again and again, each time with one file changed in memory. It is a process of its
 * own because a mutant may never return: the parent kills it and starts another.
 *
 * In: `{mutant}`, or `{mutant: null, folders}` (the tests of unchanged code must pass). Out: `{ready: true}`, then for each
 * request `{nearest: "passed"}` where the tests named after the file saw nothing, and at last `{survived: boolean}`.
 */
interface Request {
  readonly mutant: Mutant | null;
  readonly folders?: readonly string[];
}

const root = process.cwd();
let current: Mutant | null = null;

const plugin = {
  name: "mutant",
  enforce: "pre" as const,
  transform(code: string, id: string): string | undefined {
    if (current === null || relative(root, id.split("?")[0] ?? "") !== current.file)
      return undefined;
    return code.slice(0, current.start) + current.replacement + code.slice(current.end);
  },
};

const vitest = await createVitest(
  "test",
  {
    root,
    config: false,
    watch: false,
    bail: 1,
    pool: "threads",
    maxWorkers: 1,
    fileParallelism: false,
    // The cache is keyed by what is on disk; mutants are not.
    fsModuleCache: false,
    reporters: [{}],
    testTimeout: 30_000,
    include: TARGETS.flatMap((target) => target.tests.map((folder) => `${folder}/**/*.test.ts`)),
  },
  { plugins: [plugin] },
);
const specifications = await vitest.globTestSpecifications();

process.on("message", (request: Request) => {
  void answer(request).then(
    (survived) => process.send?.({ survived }),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.({ ready: true });

async function answer({ mutant, folders = [] }: Request): Promise<boolean> {
  current = mutant;
  if (mutant !== null) vitest.invalidateFile(join(root, mutant.file));
  try {
    for (const group of mutant === null ? [testsIn(folders)] : groupsFor(mutant)) {
      if (group.length === 0) continue;
      const result = await vitest.runTestSpecifications(group);
      const failed =
        result.unhandledErrors.length > 0 || result.testModules.some((module) => !module.ok());
      if (failed) return false;
      process.send?.({ nearest: "passed" });
    }
    return true;
  } finally {
    current = null;
    if (mutant !== null) vitest.invalidateFile(join(root, mutant.file));
  }
}

/** The tests named after the file first: most mutants die there, and quickly. */
function groupsFor(mutant: Mutant): readonly TestSpecification[][] {
  const folders =
    TARGETS.find((target) => mutant.file.startsWith(`${target.folder}/`))?.tests ?? [];
  const stem = basename(mutant.file, ".ts");
  const relevant = testsIn(folders);
  const isNearest = (specification: TestSpecification): boolean =>
    basename(specification.moduleId).startsWith(`${stem}.`) &&
    relative(root, dirname(specification.moduleId)) === dirname(mutant.file);
  return [
    relevant.filter((specification) => isNearest(specification)),
    relevant.filter((specification) => !isNearest(specification)),
  ];
}

function testsIn(folders: readonly string[]): TestSpecification[] {
  return specifications.filter((specification) =>
    folders.some((folder) => relative(root, specification.moduleId).startsWith(`${folder}/`)),
  );
}
