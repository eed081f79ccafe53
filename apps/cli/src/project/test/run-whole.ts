import { spawn } from "node:child_process";

/** What a program came to, and all that it and those below it said, on either stream, in the order of its coming. */
export interface WholeRun {
  /** Null: a signal ended it. */
  readonly code: number | null;
  readonly said: string;
}

/** Runs a program, which is told to end after `timeoutMs`; what it said until then is given all the same. */
export function runWhole(
  program: string,
  argv: readonly string[],
  options: {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    readonly timeoutMs: number;
  },
): Promise<WholeRun> {
  const { cwd, env, timeoutMs } = options;
  const child = spawn(program, argv, {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
  });
  let said = "";
  const hear = (text: string): void => {
    said += text;
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      if (!child.killed) return;
      hear(`\n${program} did not end within ${timeoutMs} ms\n`);
      // Whoever it started may hold the pipes open.
      resolve({ code, said });
    });
    child.once("close", (code) => resolve({ code, said }));
  });
}
