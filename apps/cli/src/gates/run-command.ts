import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import process from "node:process";
import type { Command, Execution } from "@swoosh/gates";
import { readReport, redactSecrets, REPORT_BYTES_MAX } from "@swoosh/gates";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunningGroups } from "./running-groups.ts";

/** Bytes of output that are kept of the head and of the tail; what lies between is counted and hashed. */
const HEAD_BYTES_MAX = 65_536;
const TAIL_BYTES_MAX = 196_608;
/** How long a group has between SIGTERM and SIGKILL, ms. */
const GRACE_MS = 2_000;
/**
 * How long a pipe that somebody holds open is listened to, in looks: while something comes within the first, and never longer than the second. Looks and
 * not the clock: between two of them what lies in the pipe is read, however long a busy machine lets us wait for our turn.
 */
const LINGER_LOOKS = 10;
const DRAIN_LOOKS = 300;
const LOOK_MS = 100;

export interface RunOptions {
  readonly root: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly groups: RunningGroups;
  /** Values that must not stand in any output. */
  readonly secrets: readonly string[];
  /** Aborts: the group is killed at once. */
  readonly signal?: AbortSignal;
  readonly now: () => number;
}

/**
 * Runs a shell command as a process group of its own. The group is killed whole when the time is up, when we are stopped, and
 * when the command has ended (what it started may not outlive it). Never rejects: what goes wrong is in the answer.
 */
export async function runCommand(command: Command, options: RunOptions): Promise<Execution> {
  const started = options.now();
  const output = new BoundedOutput();
  let trouble: string | null = null;
  let timedOut = false;
  let child: ChildProcess;
  try {
    child = spawn("/bin/sh", ["-c", command.run], {
      cwd: options.root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.environment },
    });
  } catch (error) {
    return ended(command, options, {
      output,
      exit: null,
      signal: null,
      timedOut,
      trouble: `cannot be started: ${String(error)}`,
      started,
    });
  }
  const group = child.pid;
  if (group !== undefined) options.groups.add(group);
  const kill = (signal: NodeJS.Signals): void => killGroup(group, signal);
  const timer = setTimeout(() => {
    timedOut = true;
    kill("SIGTERM");
    setTimeout(() => kill("SIGKILL"), GRACE_MS).unref();
  }, command.timeoutMs);
  const abort = (): void => {
    trouble ??= "stopped: the runner was asked to stop";
    kill("SIGKILL");
  };
  options.signal?.addEventListener("abort", abort, { once: true });
  if (options.signal?.aborted === true) abort();
  child.stdout?.on("data", (chunk: Buffer) => output.add(chunk));
  child.stderr?.on("data", (chunk: Buffer) => output.add(chunk));
  const { code, signal } = await endOf(child, {
    fail: (message) => {
      trouble ??= message;
    },
    // What the command left running ends with it.
    exit: () => kill("SIGKILL"),
  });
  clearTimeout(timer);
  options.signal?.removeEventListener("abort", abort);
  if (group !== undefined) options.groups.remove(group);
  return ended(command, options, { output, exit: code, signal, timedOut, trouble, started });
}

function killGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // Nobody of it is left.
  }
}

/**
 * The end of the command and of its output. What the command left running ends with it, which closes the pipes; whoever has fled
 * from the group and holds one open is waited for only while something still comes.
 */
function endOf(
  child: ChildProcess,
  on: { readonly fail: (message: string) => void; readonly exit: () => void },
): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      on.fail(`cannot be started: ${error.message}`);
      resolve({ code: null, signal: null });
    });
    child.once("exit", (code, signal) => {
      on.exit();
      let looks = 0;
      let idle = 0;
      const hear = (): void => {
        idle = 0;
      };
      child.stdout?.on("data", hear);
      child.stderr?.on("data", hear);
      const waiting = setInterval(() => {
        looks += 1;
        idle += 1;
        if (idle < LINGER_LOOKS && looks < DRAIN_LOOKS) return;
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, LOOK_MS);
      child.once("close", () => {
        clearInterval(waiting);
        resolve({ code, signal });
      });
    });
  });
}

interface Ended {
  readonly output: BoundedOutput;
  readonly exit: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly trouble: string | null;
  readonly started: number;
}

function ended(command: Command, options: RunOptions, end: Ended): Execution {
  const text = redactSecrets(end.output.text(), options.secrets);
  const report =
    command.report === null
      ? { tests: null, trouble: null }
      : readTests(command.report, options.root, text, end.started);
  return {
    command: command.run,
    exit: end.exit,
    signal: end.signal,
    timedOut: end.timedOut,
    trouble: end.trouble,
    durationMs: options.now() - end.started,
    output: text,
    outputBytes: end.output.bytes,
    outputHash: end.output.hash(),
    isBinary: end.output.isBinary,
    isCut: end.output.isCut,
    tests: report.tests,
    reportTrouble: report.trouble,
  };
}

/** A report that is older than the run is another run's. */
function readTests(
  report: NonNullable<Command["report"]>,
  root: string,
  output: string,
  started: number,
): { readonly tests: Execution["tests"]; readonly trouble: string | null } {
  const { format, path } = report;
  if (path === null) {
    const tests = readReport(format, output) ?? null;
    return { tests, trouble: tests === null ? `no ${format} report is in the output` : null };
  }
  try {
    const about = statSync(join(root, path));
    // File systems keep times coarsely: one tick of them is let pass.
    if (about.mtimeMs < started - 50)
      return { tests: null, trouble: `${path} is older than this run` };
    if (about.size > REPORT_BYTES_MAX)
      return {
        tests: null,
        trouble: `${path} has ${about.size} bytes; at most ${REPORT_BYTES_MAX} are read`,
      };
    const tests = readReport(format, readFileSync(join(root, path), "utf8")) ?? null;
    return { tests, trouble: tests === null ? `${path} is no ${format} report` : null };
  } catch (error) {
    return {
      tests: null,
      trouble: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** Counts and hashes everything, keeps head and tail. */
class BoundedOutput {
  readonly #hash = createHash("sha256");
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  bytes = 0;
  isBinary = false;

  add(chunk: Buffer): void {
    this.#hash.update(chunk);
    if (this.bytes < 8_192 && chunk.subarray(0, 8_192).includes(0)) this.isBinary = true;
    this.bytes += chunk.length;
    const room = HEAD_BYTES_MAX - this.#headBytes;
    if (room > 0) {
      const part = chunk.subarray(0, room);
      this.#head.push(Buffer.from(part));
      this.#headBytes += part.length;
    }
    const rest = room > 0 ? chunk.subarray(room) : chunk;
    if (rest.length === 0) return;
    this.#tail.push(Buffer.from(rest.subarray(-TAIL_BYTES_MAX)));
    this.#tailBytes += Math.min(rest.length, TAIL_BYTES_MAX);
    if (this.#tailBytes > TAIL_BYTES_MAX * 2) this.#shrink();
  }

  #shrink(): void {
    const all = Buffer.concat(this.#tail).subarray(-TAIL_BYTES_MAX);
    this.#tail = [all];
    this.#tailBytes = all.length;
  }

  get isCut(): boolean {
    return this.bytes > HEAD_BYTES_MAX + TAIL_BYTES_MAX;
  }

  hash(): string {
    return `sha256-${this.#hash.digest("hex")}`;
  }

  text(): string {
    this.#shrink();
    if (this.isBinary) return `(binary output, ${this.bytes} bytes)`;
    const head = Buffer.concat(this.#head).toString("utf8");
    const tail = Buffer.concat(this.#tail).toString("utf8");
    const cut = this.bytes - this.#headBytes - this.#tailBytes;
    return cut > 0 ? `${head}\n… ${cut} bytes left out …\n${tail}` : head + tail;
  }
}
