import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import process from "node:process";

/** A program under test: its own process group, its output kept. */
export class StartedProgram {
  readonly #child: ChildProcess;
  #output = "";
  #ended: { readonly code: number | null; readonly signal: string | null } | null = null;
  readonly end: Promise<{ readonly code: number | null; readonly signal: string | null }>;

  constructor(command: string, cwd: string, environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn("/bin/sh", ["-c", command], {
      cwd,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString("utf8")).slice(-65_536);
    };
    this.#child.stdout?.on("data", keep);
    this.#child.stderr?.on("data", keep);
    this.end = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#output += error.message;
        resolve((this.#ended = { code: null, signal: null }));
      });
      this.#child.once("exit", (code, signal) => resolve((this.#ended = { code, signal })));
    });
  }

  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.#ended !== null;
  }

  /** The whole group. */
  kill(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // Nobody of it is left.
    }
  }

  /** Resident memory of the group now, and the most that a process of it ever had: bytes. */
  memory(): { readonly nowBytes: number; readonly peakBytes: number } {
    let nowBytes = 0;
    let peakBytes = 0;
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      if (groupOf(pid) !== this.#child.pid) continue;
      const status = readProc(pid, "status");
      if (status === undefined) continue;
      nowBytes += kibibytes(status, "VmRSS") * 1_024;
      peakBytes = Math.max(peakBytes, kibibytes(status, "VmHWM") * 1_024);
    }
    return { nowBytes, peakBytes };
  }
}

function readProc(pid: string, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return undefined;
  }
}

function groupOf(pid: string): number | undefined {
  const stat = readProc(pid, "stat");
  return stat === undefined
    ? undefined
    : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
}

function kibibytes(status: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === "object" && address !== null ? address.port : 0),
      );
    });
  });
}

export interface Readiness {
  readonly url: string;
  readonly withinMs: number;
  /** A text that the answer must hold; null: any 2xx. */
  readonly expect: string | null;
}

/** undefined: it is ready; else why not. */
export async function waitUntilReady(
  program: StartedProgram,
  { url, withinMs, expect }: Readiness,
): Promise<string | undefined> {
  const until = Date.now() + withinMs;
  let last = "no answer";
  while (Date.now() < until) {
    if (program.hasEnded) {
      const { code, signal } = await program.end;
      return `it ended (${code === null ? (signal ?? "not started") : `exit ${code}`}) before it was ready: ${program.output.trim().split("\n").at(-1) ?? ""}`;
    }
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
      const body = await answer.text();
      if (answer.ok && (expect === null || body.includes(expect))) return undefined;
      last = answer.ok ? `the answer lacks "${expect ?? ""}"` : `status ${answer.status}`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resume) => setTimeout(resume, 50));
  }
  return `not ready within ${withinMs} ms: ${last}`;
}
