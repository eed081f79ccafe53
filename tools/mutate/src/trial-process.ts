import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Trier } from "./fate.ts";
import type { RunReport, RunRequest } from "./mutant.ts";
import type { Target } from "./targets.ts";

export interface TrialProcess extends Trier {
  /** Test files of all targets, from the repository's root. */
  testFiles(): Promise<readonly string[]>;
  /** @returns when the process is gone */
  stop(): Promise<void>;
}

/** The host ends with this code where a run took more time of the processor than it may. */
export const EXIT_HUNG = 75;

interface Host {
  readonly child: ChildProcess;
  readonly testFiles: readonly string[];
}

/** @param root - the repository */
export function createTrialProcess(root: string, targets: readonly Target[]): TrialProcess {
  let host: Promise<Host> | undefined;

  const start = (): Promise<Host> =>
    new Promise((resolve, reject) => {
      const child = fork(
        fileURLToPath(new URL("host.ts", import.meta.url)),
        [JSON.stringify(targets)],
        {
          cwd: root,
          // Properties run for hundreds of mutants, so short even where all else runs long.
          env: { ...process.env, SWOOSH_MUTATION: "1", SWOOSH_SOAK: undefined },
          serialization: "advanced",
          // A mutant that collects for ever ends by itself, before it takes the machine with it.
          execArgv: ["--max-old-space-size=1500"],
        },
      );
      const failed = (code: number | null): void =>
        reject(
          new Error(`the process that tries mutants ended with code ${code} before its first`),
        );
      child.once("exit", failed);
      child.once("message", ({ ready }: { readonly ready: readonly string[] }) => {
        child.off("exit", failed);
        resolve({ child, testFiles: ready });
      });
    });

  const restart = (): void => {
    void host?.then(({ child }) => child.kill("SIGKILL"));
    host = undefined;
  };

  return {
    async testFiles() {
      host ??= start();
      return (await host).testFiles;
    },
    async run(request: RunRequest) {
      host ??= start();
      const { child } = await host;
      return new Promise<RunReport | "hung" | "died">((resolve) => {
        const settle = (result: RunReport | "hung" | "died"): void => {
          child.removeAllListeners();
          if (typeof result === "string") restart();
          resolve(result);
        };
        child.once("message", (report: RunReport) => settle(report));
        child.once("exit", (code) => settle(code === EXIT_HUNG ? "hung" : "died"));
        child.send(request);
      });
    },
    restart,
    async stop() {
      const running = await host?.catch(() => undefined);
      if (running === undefined || running.child.exitCode !== null) return;
      running.child.removeAllListeners();
      const gone = once(running.child, "exit");
      running.child.kill("SIGKILL");
      await gone;
    },
  };
}
