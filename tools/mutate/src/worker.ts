import { basename, dirname, join, relative } from "node:path";
import process from "node:process";
import { createVitest, type TestSpecification } from "vitest/node";
import { inOrderOfKills } from "./killers.ts";
import type { Mutant, TryRequest, TryVerdict } from "./mutant.ts";
import { TARGETS } from "./targets.ts";

/**
 * One process that runs the tests again and again, each time with one file changed in memory. It is a process of its
 * own because a mutant may never return: the parent kills it and starts another.
 *
 * In: `TryRequest`. Out: `{ready: true}`, then for each request `{begins: [test files]}` before each group of tests, and at
 * last `TryVerdict`.
 */

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

process.on("message", (request: TryRequest) => {
  void answer(request).then(
    (verdict) => process.send?.(verdict),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.send?.({ ready: true });

async function answer({ mutant, folders = [], killers = [] }: TryRequest): Promise<TryVerdict> {
  current = mutant;
  if (mutant !== null) vitest.invalidateFile(join(root, mutant.file));
  const durations: Record<string, number> = {};
  try {
    for (const group of mutant === null ? [testsIn(folders)] : groupsFor(mutant, killers)) {
      if (group.length === 0) continue;
      process.send?.({ begins: group.map(pathOf) });
      const result = await vitest.runTestSpecifications(group);
      for (const module of result.testModules) {
        const { duration, collectDuration, prepareDuration, setupDuration } = module.diagnostic();
        durations[relative(root, module.moduleId)] =
          duration + collectDuration + prepareDuration + setupDuration;
      }
      const failed = result.testModules.find((module) => !module.ok());
      if (failed !== undefined || result.unhandledErrors.length > 0) {
        const by = failed === undefined ? undefined : relative(root, failed.moduleId);
        return { survived: false, by, durations };
      }
    }
    return { survived: true, durations };
  } finally {
    current = null;
    if (mutant !== null) vitest.invalidateFile(join(root, mutant.file));
  }
}

/** Alone and first those that noticed most mutants of this file before, then those named after it, then all others. */
function groupsFor(mutant: Mutant, killers: readonly string[]): readonly TestSpecification[][] {
  const folders =
    TARGETS.find((target) => mutant.file.startsWith(`${target.folder}/`))?.tests ?? [];
  const stem = basename(mutant.file, ".ts");
  const { first, rest } = inOrderOfKills(testsIn(folders), { killers, pathOf });
  const isNearest = (specification: TestSpecification): boolean =>
    basename(specification.moduleId).startsWith(`${stem}.`) &&
    relative(root, dirname(specification.moduleId)) === dirname(mutant.file);
  return [
    ...first.map((specification) => [specification]),
    rest.filter((specification) => isNearest(specification)),
    rest.filter((specification) => !isNearest(specification)),
  ];
}

function testsIn(folders: readonly string[]): TestSpecification[] {
  return specifications.filter((specification) =>
    folders.some((folder) => pathOf(specification).startsWith(`${folder}/`)),
  );
}

function pathOf(specification: TestSpecification): string {
  return relative(root, specification.moduleId);
}
