import { fork, type ChildProcess } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { MutantFate, TryRequest, TryVerdict } from "./mutant.ts";
import { patience } from "./targets.ts";

export interface Outcome {
  readonly fate: MutantFate;
  /** The test file that noticed, where one did. */
  readonly by?: string | undefined;
  /** Milliseconds of each test file that ran. */
  readonly durations: TryVerdict["durations"];
}

export interface Runner {
  /** @throws Error where the tests of unchanged code end their process */
  tryOut(request: TryRequest): Promise<Outcome>;
  stop(): void;
}

/** What tests may take whose duration is not known yet, in milliseconds. */
const UNKNOWN_MS = 75_000;

/**
 * A worker process that is started anew whenever a mutant never returned or took it down.
 * @param root - the repository
 * @param durations - milliseconds of each test file on unchanged code; not known yet for the run that finds them out
 */
export function createRunner(root: string, durations?: TryVerdict["durations"]): Runner {
  let worker: Promise<ChildProcess> | undefined;

  const start = (): Promise<ChildProcess> =>
    new Promise((resolve, reject) => {
      const child = fork(fileURLToPath(new URL("worker.ts", import.meta.url)), {
        cwd: root,
        env: { ...process.env, SWOOSH_MUTATION: "1" },
        // A mutant that collects for ever ends by itself, before it takes the machine with it.
        execArgv: ["--max-old-space-size=1500"],
      });
      child.once("message", () => resolve(child));
      child.once("exit", (code) => reject(new Error(`mutation worker ended with code ${code}`)));
    });

  const patienceFor = (tests: readonly string[]): number =>
    patience(
      durations === undefined
        ? UNKNOWN_MS
        : tests.reduce((sum, test) => sum + (durations[test] ?? 0), 0),
    );

  return {
    async tryOut(request) {
      worker ??= start();
      const child = await worker;
      return new Promise((resolve, reject) => {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const settle = (outcome: Outcome): void => {
          clearTimeout(timer);
          child.removeAllListeners();
          resolve(outcome);
        };
        child.on("message", (said: { readonly begins: readonly string[] } | TryVerdict) => {
          clearTimeout(timer);
          if ("begins" in said) {
            timer = setTimeout(() => {
              worker = undefined;
              child.kill("SIGKILL");
              settle({ fate: "timeout", durations: {} });
            }, patienceFor(said.begins));
          } else {
            settle({ ...said, fate: said.survived ? "survived" : "killed" });
          }
        });
        child.once("exit", (code) => {
          worker = undefined;
          // A mutant may take its process down (memory, stack): noticed. Unchanged code may not.
          if (request.mutant !== null) settle({ fate: "killed", durations: {} });
          else reject(new Error(`the unchanged tests ended with code ${code}`));
        });
        child.send(request);
      });
    },
    stop() {
      void worker?.then((child) => child.kill());
    },
  };
}
