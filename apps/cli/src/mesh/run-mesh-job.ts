import { spawn } from "node:child_process";
import process from "node:process";
import type { MeshJob } from "./mesh-job.ts";

/**
 * Lends a process of its own to an experiment: gives what the job printed, or the end of what it complained of. The
 * process ends with this one.
 */
export function runMeshJob(
  job: MeshJob,
): Promise<
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string }
> {
  const entry = new URL("mesh-process.ts", import.meta.url);
  const child = spawn(process.execPath, [entry.pathname, JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  return new Promise((resolve) => {
    const [out, err]: [string[], string[]] = [[], []];
    child.stdout.setEncoding("utf8").on("data", (text: string) => out.push(text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => err.push(text));
    const fail = (problem: string): void => resolve({ ok: false, problem });
    child.once("error", ({ message }) => fail(message));
    child.once("close", (code, signal) => {
      process.off("exit", end);
      if (code !== 0)
        return fail(`it ended with ${signal ?? code}: ${err.join("").trim().slice(-500)}`);
      resolve({ ok: true, value: JSON.parse(out.join("")) });
    });
  });
}
