import { relative } from "node:path";
import process from "node:process";
import { BroadcastChannel, parentPort } from "node:worker_threads";
import type { WorkerGlobalState } from "vitest";
import { init, runBaseTests, setupEnvironment } from "vitest/worker";
import { CHANNEL, type ToHost, type ToThread } from "./channel.ts";
import type { FileCoverage, Hit, RunReport, RunRequest } from "./mutant.ts";
import { beginRun, usedMs, type RunState } from "./run-state.ts";
import { createSwitchboard } from "./switchboard.ts";

/**
 * The thread that Vitest starts for the tests. Instead of running each file once, it runs what it is asked to, file by file,
 * with one mutant on or none; modules stay loaded from one run to the next. Each run is one of Vitest's own: the test file
 * is read again, hooks and all.
 */

type Traces = Parameters<typeof runBaseTests>[2];

/** What Vitest's own part of a run asks its parent for; all else are reports, which nobody reads here. */
const ASKED = new Set([
  "fetch",
  "resolve",
  "resolveSnapshotPath",
  "transform",
  "$rejectPendingCalls",
]);

const root = process.cwd();
const port = parentPort;
if (port === null) throw new Error("trial-thread.ts is the entry of a worker thread");

const board = createSwitchboard();
globalThis.swooshMutants = board;

/** Set where modules were read with a mutant on: the next run reads them again. */
let isStale = false;

init({
  post: (response) => port.postMessage(response),
  on: (callback) => port.on("message", callback),
  off: (callback) => port.off("message", callback),
  teardown: () => port.removeAllListeners("message"),
  setup: setupEnvironment,
  runTests: answerAll,
  collectTests: () => undefined,
});

function answerAll(state: WorkerGlobalState, traces: Traces): Promise<void> {
  return new Promise((resolve, reject) => {
    const channel = new BroadcastChannel(CHANNEL);
    const say = (message: ToHost): void => channel.postMessage(message);
    channel.onmessage = ({ data }: { data: ToThread }) => {
      if (data === "end") {
        channel.close();
        resolve();
      } else {
        answer(data, state, traces).then(say, reject);
      }
    };
    say("ready");
  });
}

async function answer(
  request: RunRequest,
  state: WorkerGlobalState,
  traces: Traces,
): Promise<RunReport> {
  if (request.recorded !== undefined) return record(request, request.recorded, state, traces);
  const run = beginRun(undefined);
  if (request.mutant !== null) board.switchOn(request.mutant, request.hitsMax);
  await runOnce({ request, run, state, traces, method: "run" });
  const { hits, isTooLong } = board.switchOff();
  const failure = failureOf(run);
  return request.mutant === null
    ? { failure, isTooLong: false, hits: 0 }
    : { failure, isTooLong, hits };
}

/** Reads the file twice: what is reached only the first time was reached by what it imports. */
async function record(
  request: RunRequest,
  recorded: readonly number[],
  state: WorkerGlobalState,
  traces: Traces,
): Promise<RunReport> {
  board.clear();
  const first = beginRun(recorded);
  await runOnce({ request, run: first, state, traces, method: "collect" });
  const second = beginRun(recorded);
  const startedAt = usedMs();
  await runOnce({ request, run: second, state, traces, method: "collect" });
  const loadMs = usedMs() - startedAt;
  const run = beginRun(recorded);
  const modules = await runOnce({ request, run, state, traces, method: "run" });
  const again = new Map(second.shared);
  const loaded = sum(first.shared).filter(([mutant, count]) => count > (again.get(mutant) ?? 0));
  const coverage: FileCoverage = {
    file: request.file,
    modules,
    loadMs,
    loaded,
    shared: sum(run.shared),
    tests: run.tests,
  };
  return { failure: failureOf(run), isTooLong: false, hits: 0, coverage };
}

function sum(hits: readonly Hit[]): readonly Hit[] {
  const sums = new Map<number, number>();
  for (const [mutant, count] of hits) sums.set(mutant, (sums.get(mutant) ?? 0) + count);
  return [...sums];
}

function failureOf(run: RunState): RunReport["failure"] {
  if (run.failure !== undefined) return run.failure;
  return run.files.some((file) => file.result?.state === "fail")
    ? { name: "the file as a whole" }
    : undefined;
}

interface Run {
  readonly request: RunRequest;
  readonly run: RunState;
  readonly state: WorkerGlobalState;
  readonly traces: Traces;
  readonly method: "run" | "collect";
}

/** @returns the source files that the test file depends on, from the repository's root */
async function runOnce({ request, run, state, traces, method }: Run): Promise<readonly string[]> {
  let modules: readonly string[] = [];
  const nothing = async (): Promise<undefined> => undefined;
  const rpc = new Proxy(state.rpc, {
    get(target, name, receiver) {
      if (typeof name === "string" && ASKED.has(name)) return Reflect.get(target, name, receiver);
      if (name === "onTestModuleDependencies") {
        return async (_file: string, found: readonly string[]): Promise<void> => {
          modules = found.map((path) => relative(root, path));
        };
      }
      if (name === "onUnhandledError") {
        return async (error: unknown): Promise<void> => {
          run.failure ??= { name: `an error outside of tests: ${String(error)}` };
        };
      }
      return nothing;
    },
  });
  const isolate = request.isFresh || isStale;
  isStale = request.isFresh && request.mutant !== null;
  const config = { ...state.ctx.config, isolate };
  await runBaseTests(
    method,
    {
      ...state,
      rpc,
      config,
      ctx: {
        ...state.ctx,
        config,
        rpc,
        files: [
          {
            filepath: `${root}/${request.file}`,
            testIds: request.tests === undefined ? undefined : [...request.tests],
          },
        ],
      },
      durations: { environment: 0, prepare: 0, fetch: 0 },
      dependencies: new Set(),
    },
    traces,
  );
  // What was rejected without anyone listening is told in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  return modules;
}
