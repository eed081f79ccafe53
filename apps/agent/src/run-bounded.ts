import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { BoundedOutput } from "./bounded-output.ts";
import { confine, temporaryIn, type ConfineMode } from "./confine.ts";
import {
  DISK_BYTES_MAX,
  DISK_LOOKS,
  DRAIN_MS,
  GRACE_MS,
  LOOK_MS,
  PROCESSES_MAX,
} from "./limits.ts";
import { ProcessTree, TASK_MARK } from "./process-tree.ts";

export interface RunLimits {
  readonly memoryBytes: number;
  readonly outputBytes: number;
  readonly timeoutMs: number;
}

/** How a run is kept from everything but its folder. */
export interface RunConfined {
  readonly mode: ConfineMode;
  /** Made by `makeBeside`, for this run alone. */
  readonly beside: string;
  /** Files and folders that it may not see. */
  readonly hidden: readonly string[];
}

export interface RunRequest {
  readonly argv: readonly string[];
  /** Null: it has all rights of ours. */
  readonly confined: RunConfined | null;
  readonly folder: string;
  readonly limits: RunLimits;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly durationMs: number;
  readonly exit: number | null;
  readonly output: BoundedOutput;
  readonly signal: string | null;
  /** Which limit ended it, in words, or null. */
  readonly stopped: string | null;
}

/** `ulimit -f` counts blocks of 512 bytes. */
const BLOCK_BYTES = 512;
const RELEASED = "the lease was released";

/**
 * Runs a program in a folder as a process group of its own, within limits of time, memory, output, processes and disk; what
 * passes one is killed whole, and so is what outlives the program; what is taken back (`signal`) is killed at once; confined where
 * that is asked for. Never rejects: what goes wrong is in the result.
 */
export async function runBounded(request: RunRequest): Promise<RunResult> {
  const { confined, folder, limits, onOutput, signal } = request;
  const began = performance.now();
  const output = new BoundedOutput();
  // Released while its checkout was made: nothing may begin any more, not even to be killed.
  if (signal.aborted) return { durationMs: 0, exit: null, output, signal: null, stopped: RELEASED };
  const mark = randomUUID();
  // The shell sets the bound of one file, and becomes the program.
  const limited = `ulimit -f ${Math.trunc(DISK_BYTES_MAX / BLOCK_BYTES)}; ulimit -c 0; exec "$@"`;
  const child = spawn("/bin/sh", ["-c", limited, "sh", ...argvOf(request)], {
    cwd: folder,
    detached: true,
    stdio: ["ignore", "pipe", "pipe", confined === null ? "ignore" : "pipe"],
    env: environmentOf(folder, mark),
  });
  let stopped: string | null = null;
  const tree = child.pid === undefined ? undefined : new ProcessTree(child.pid, mark);
  const stop = (why: string): void => {
    if (stopped !== null) return;
    stopped = why;
    tree?.kill("SIGTERM");
    setTimeout(() => tree?.kill("SIGKILL"), GRACE_MS);
  };
  // No last words: nobody reads what comes of it, and where a licence has ended its sockets must be gone within a second.
  const takeBack = (): void => {
    stopped ??= RELEASED;
    tree?.kill("SIGKILL");
  };
  const take = (chunk: Buffer): void => {
    output.add(chunk);
    if (output.bytes > limits.outputBytes) stop(`more than ${limits.outputBytes} bytes of output`);
    else onOutput(chunk.toString("utf8"));
  };
  child.stdout?.on("data", take);
  child.stderr?.on("data", take);
  let isConfined = confined === null;
  child.stdio[3]?.on("data", () => {
    isConfined = true;
  });
  const timer = setTimeout(() => stop(`more than ${limits.timeoutMs} ms`), limits.timeoutMs);
  const watching = watch({ tree, folders: foldersOf(request), limits, stop });
  signal.addEventListener("abort", takeBack);
  const end = await endOf(child, () => tree?.kill("SIGKILL"));
  clearTimeout(timer);
  clearInterval(watching);
  signal.removeEventListener("abort", takeBack);
  tree?.kill("SIGKILL");
  return {
    durationMs: Math.round(performance.now() - began),
    exit: end.code,
    output,
    signal: end.signal,
    stopped: stopped ?? end.failure ?? (isConfined ? null : notConfined(output)),
  };
}

function argvOf({ argv, confined, folder }: RunRequest): readonly string[] {
  if (confined === null) return argv;
  const { mode, ...more } = confined;
  return confine(mode, { ...more, argv, folder, programs: programsOf() });
}

/** Where it may write to a disk. */
function foldersOf({ confined, folder }: RunRequest): readonly string[] {
  return confined === null ? [folder] : [folder, temporaryIn(confined.beside)];
}

/** The program did not begin: better nothing than with all rights. */
function notConfined(output: BoundedOutput): string {
  const [first = ""] = output.text().trim().split("\n");
  return `it could not be confined: ${first === "" ? "no reason was given" : first}`;
}

function watch(given: {
  readonly tree: ProcessTree | undefined;
  readonly folders: readonly string[];
  readonly limits: RunLimits;
  readonly stop: (why: string) => void;
}): NodeJS.Timeout {
  const { folders, limits, stop, tree } = given;
  const atFirst = diskBytes(folders);
  let looks = 0;
  return setInterval(() => {
    looks += 1;
    const { memoryBytes, pids } = tree?.use() ?? { memoryBytes: 0, pids: [] };
    if (memoryBytes > limits.memoryBytes) stop(`more than ${limits.memoryBytes} bytes of memory`);
    if (pids.length > PROCESSES_MAX) stop(`more than ${PROCESSES_MAX} processes`);
    if (looks % DISK_LOOKS === 0 && diskBytes(folders) - atFirst > DISK_BYTES_MAX)
      stop(`more than ${DISK_BYTES_MAX} bytes on disk`);
  }, LOOK_MS);
}

function programsOf(): string {
  return process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin";
}

/** What the program sees of ours: a path to programs, and a home that ends with the checkout. Nothing else of the agent's. */
function environmentOf(folder: string, mark: string): NodeJS.ProcessEnv {
  return {
    PATH: programsOf(),
    HOME: folder,
    LANG: "C.UTF-8",
    TZ: "UTC",
    CI: "1",
    NO_COLOR: "1",
    [TASK_MARK]: mark,
  };
}

function endOf(
  child: ReturnType<typeof spawn>,
  onExit: () => void,
): Promise<{
  readonly code: number | null;
  readonly signal: string | null;
  readonly failure: string | null;
}> {
  return new Promise((resolve) => {
    child.once("error", (error) =>
      resolve({ code: null, signal: null, failure: `it cannot be started: ${error.message}` }),
    );
    child.once("exit", (code, signal) => {
      onExit();
      // Who fled and holds a pipe open is not waited for long.
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, DRAIN_MS);
      child.once("close", () => {
        clearTimeout(timer);
        resolve({ code, signal, failure: null });
      });
    });
  });
}

/** Bytes below folders; what vanishes meanwhile counts nothing. Links are not followed. */
function diskBytes(folders: readonly string[]): number {
  let bytes = 0;
  const waiting = [...folders];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of namesIn(next)) {
      const path = join(next, name);
      const about = lstatSync(path, { throwIfNoEntry: false });
      if (about?.isDirectory() === true) waiting.push(path);
      else bytes += about?.size ?? 0;
    }
  }
  return bytes;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
