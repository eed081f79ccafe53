import { spawn } from "node:child_process";
import { getCompileCacheDir } from "node:module";
import process from "node:process";
import { createInterface } from "node:readline";
import type { MeshJob } from "./mesh-job.ts";
import type { SoakSample } from "./soak-mesh.ts";

/**
 * A mesh makes much that lives for one tick. Left alone, V8 doubles the room for it (to 128 MB) whenever enough has
 * outlived a collection since the last time, hours after the start if need be; a mesh of 5×5 is no faster for it. Of
 * one size from the beginning, what the process has resident grows only with what it holds.
 */
const FIXED_YOUNG_GENERATION = ["--min-semi-space-size=1", "--max-semi-space-size=1"];

/**
 * Lends a process of its own to an experiment: gives what the job came to, or the end of what it complained of. The
 * process ends with this one.
 */
export function runMeshJob(
  job: MeshJob,
  onSample?: (sample: SoakSample) => void,
): Promise<
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string }
> {
  const entry = new URL("mesh-process.ts", import.meta.url);
  const cache = getCompileCacheDir();
  const child = spawn(
    process.execPath,
    [...FIXED_YOUNG_GENERATION, entry.pathname, JSON.stringify(job)],
    {
      stdio: ["ignore", "pipe", "pipe"],
      // What this process keeps of compiled code serves that one too: it need not hold a compiler.
      env: { ...process.env, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache }) },
    },
  );
  const end = (): void => void child.kill("SIGKILL");
  process.once("exit", end);
  return new Promise((resolve) => {
    const err: string[] = [];
    let value: unknown;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const told: { readonly sample?: SoakSample; readonly done?: unknown } = JSON.parse(line);
      if (told.sample !== undefined) onSample?.(told.sample);
      value = told.done;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => err.push(text));
    const fail = (problem: string): void => resolve({ ok: false, problem });
    child.once("error", ({ message }) => fail(message));
    child.once("close", (code, signal) => {
      process.off("exit", end);
      if (code !== 0)
        return fail(`it ended with ${signal ?? code}: ${err.join("").trim().slice(-500)}`);
      resolve({ ok: true, value });
    });
  });
}
