import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { straceArgs, type Tracing } from "./strace.ts";

const HOLD = fileURLToPath(new URL("hold-for-tracer.ts", import.meta.url));
/** As libuv calls the threads of its pool. */
export const POOL_THREAD = "libuv-worker";

/** How a program of Node is started so that `tracePool` can have its pool. */
export const HELD = {
  // With the bound that `swoosh up` begins anew to have: it goes on as it is, with its gate and the thread that is traced.
  flags: ["--import", HOLD, "--max-semi-space-size=8"],
  env: { UV_THREADPOOL_SIZE: "1" },
  /** After standard input, output and error. */
  stdio: ["pipe"],
} as const;

/**
 * Puts strace on the one thread of this process's pool, before it has made any call of the program; then lets the program
 * begin. `ended` resolves when strace has written down all of it.
 */
export async function tracePool(
  child: ChildProcess,
  tracing: Tracing,
): Promise<{ readonly ended: Promise<void> }> {
  const gate = child.stdio[3];
  if (!(gate instanceof Socket)) throw new Error("the process has no gate to be held at");
  const isHeld = await Promise.race([
    once(gate, "data").then(() => true),
    once(child, "exit").then(() => false),
  ]);
  if (!isHeld) throw new Error("the process ended before a tracer had it");
  // Whoever is killed closes it as it is.
  gate.on("error", () => {});
  const thread = poolThreadOf(child.pid ?? 0);
  const tracer = spawn("strace", ["-p", thread, ...straceArgs(tracing)], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(tracer, "exit").then(() => undefined);
  let said = "";
  const attached = new Promise<boolean>((resolve) => {
    tracer.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("attached")) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  if (!(await attached))
    throw new Error(`strace cannot have a thread of another process; run as root: ${said.trim()}`);
  gate.end("!");
  return { ended };
}

function poolThreadOf(pid: number): string {
  const tasks = `/proc/${pid}/task`;
  const found = readdirSync(tasks).filter(
    (task) => readFileSync(`${tasks}/${task}/comm`, "utf8").trim() === POOL_THREAD,
  );
  const [only] = found;
  if (only === undefined || found.length > 1)
    throw new Error(`the pool has ${found.length} threads; one is expected`);
  return only;
}
