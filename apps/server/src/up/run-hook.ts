import { spawn, type ChildProcess } from "node:child_process";
import process from "node:process";

/** Bytes of a hook's output that are kept for the log: its last words. */
const SAID_BYTES_MAX = 2_048;

export interface Hook {
  /** For `/bin/sh -c`. */
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  /** When aborted, the command and everything that it started is killed. */
  readonly signal: AbortSignal;
}

/**
 * Runs a command of the operator's to its end, in a process group of its own, without input. Rejects with how it ended and
 * its last words where it did not end with 0; with the signal's reason where that ended it.
 */
export async function runHook({ command, env, signal }: Hook): Promise<void> {
  signal.throwIfAborted();
  const child = spawn("/bin/sh", ["-c", command], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const hear = (chunk: Buffer): void => {
    said = (said + chunk.toString("utf8")).slice(-SAID_BYTES_MAX);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const kill = (): void => killGroup(child);
  signal.addEventListener("abort", kill, { once: true });
  try {
    const end = await endOf(child);
    signal.throwIfAborted();
    if (end !== "code 0") throw new Error(`it ended with ${end}${wordsOf(said)}`);
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    // Not `close`: whoever inherited the pipes may keep them open for ever.
    child.once("exit", (code, signal) => resolve(signal ?? `code ${code}`));
  });
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

function wordsOf(said: string): string {
  const words = said.trim().replaceAll(/\s+/gu, " ");
  return words === "" ? "" : `: ${words}`;
}
