import { relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { BroadcastChannel } from "node:worker_threads";
import { createVitest, ThreadsPoolWorker } from "vitest/node";
import { allMutants } from "./all-mutants.ts";
import { CHANNEL, type ToHost } from "./channel.ts";
import { instrument, type NumberedMutant } from "./instrument.ts";
import type { RunRequest } from "./mutant.ts";
import { patience, type Target } from "./targets.ts";
import { EXIT_HUNG } from "./trial-process.ts";

/**
 * A process with one Vitest and one thread of it, in which mutants are tried one after another. It is a process of its own
 * because a mutant may never return or take all memory: it ends itself, and the parent starts another.
 *
 * Argument: targets as JSON. In: `RunRequest`. Out: `{ready: test files}`, then a `RunReport` for each request.
 */

const root = process.cwd();
const targets: readonly Target[] = JSON.parse(process.argv[2] ?? "[]");
const mutantsOf = Map.groupBy(allMutants(root, targets), ({ file }) => file);

/** Writes all mutants of a file into it, in memory. */
const plugin = {
  name: "mutants",
  enforce: "pre" as const,
  transform(code: string, id: string): string | undefined {
    const mutants: readonly NumberedMutant[] | undefined = mutantsOf.get(
      relative(root, id.split("?")[0] ?? ""),
    );
    return mutants === undefined ? undefined : instrument(code, mutants);
  },
};

class TrialThread extends ThreadsPoolWorker {
  override readonly name = "trial-thread";
  protected override readonly entrypoint = fileURLToPath(
    new URL("trial-thread.ts", import.meta.url),
  );
}

/** Only ends what waits for something that a mutant took away; what computes for ever is seen by its use of the processor. */
const TEST_MS_MAX = 300_000;

const vitest = await createVitest(
  "test",
  {
    root,
    config: false,
    watch: false,
    pool: { name: "trial-thread", createPoolWorker: (options) => new TrialThread(options) },
    // All files go to one thread, in one run that ends when the parent says so.
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
    // The cache is keyed by what is on disk; mutants are not.
    fsModuleCache: false,
    disableConsoleIntercept: true,
    reporters: [{}],
    runner: fileURLToPath(new URL("recording-runner.ts", import.meta.url)),
    // Nobody reads how values differ, and telling it of long ones takes longer than the test.
    chaiConfig: { showDiff: false },
    experimental: { recordDependencies: true },
    testTimeout: TEST_MS_MAX,
    hookTimeout: TEST_MS_MAX,
    include: targets.flatMap((target) => target.tests.map((folder) => `${folder}/**/*.test.ts`)),
  },
  { plugins: [plugin] },
);
const specifications = await vitest.globTestSpecifications();

/** Milliseconds of the processor that this process has used, threads included: a busy machine does not make a run too long. */
const usedMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
let usedMsMax = Number.POSITIVE_INFINITY;
setInterval(() => {
  if (usedMs() > usedMsMax) process.exit(EXIT_HUNG);
}, 200);

const channel = new BroadcastChannel(CHANNEL);
channel.onmessage = ({ data }: { data: ToHost }) => {
  usedMsMax = Number.POSITIVE_INFINITY;
  process.send?.(
    data === "ready"
      ? { ready: specifications.map(({ moduleId }) => relative(root, moduleId)) }
      : data,
  );
};
process.on("message", (request: RunRequest) => {
  usedMsMax = usedMs() + patience(request.expectedMs);
  channel.postMessage(request);
});
process.on("disconnect", () => process.exit(0));

vitest.runTestSpecifications(specifications).then(
  () => process.exit(1),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
