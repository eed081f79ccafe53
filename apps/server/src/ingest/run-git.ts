import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { IngestProblem } from "./ingest-problem.ts";
import { GIT_ANSWER_BYTES_MAX, GIT_COMPLAINT_LENGTH_MAX } from "./limits.ts";

/**
 * Git as it is used here: no configuration but this, no hooks, no questions, no helpers, no redirects, no transports but these. What a
 * repository says about itself is never run.
 */
const CONFIG = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.symlinks=false",
  "credential.helper=",
  "protocol.allow=never",
  "protocol.https.allow=always",
  "protocol.http.allow=always",
  "protocol.ssh.allow=always",
  "protocol.git.allow=always",
  "protocol.file.allow=always",
  "http.followRedirects=false",
  "http.lowSpeedLimit=1",
  "http.lowSpeedTime=60",
  "gc.auto=0",
  "maintenance.auto=false",
  "transfer.credentialsInUrl=die",
];

export interface GitCall {
  readonly argv: readonly string[];
  /** Repository, or undefined where none is needed. */
  readonly gitFolder?: string;
  readonly timeoutMs: number;
  /** `http.curloptResolve` and the like, for one call. */
  readonly config?: readonly string[];
  /** Asked every `lookMs`: what it gives ends the call and is thrown. */
  /** Given what ends git, to be called when outbound stops; gives what takes it back. */
  readonly onStop?: ((end: () => void) => () => void) | undefined;
  readonly watch?: { readonly lookMs: number; look(): Promise<Error | undefined> };
}

export interface RunningGit {
  readonly child: ChildProcess;
  /** Resolves when git has ended well; rejects with what it said otherwise. */
  readonly ended: Promise<void>;
  kill(): void;
}

/** Starts git; the caller reads `child.stdout`. Throws `bad_source` where git is not installed. */
export function startGit(call: GitCall): RunningGit {
  const config = [...CONFIG, ...(call.config ?? [])].flatMap((one) => ["-c", one]);
  const folder = call.gitFolder === undefined ? [] : [`--git-dir=${call.gitFolder}`];
  const child = spawn("git", [...config, ...folder, ...call.argv], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
    env: gitEnvironment(),
  });
  const kill = (): void => killGroup(child);
  return { child, kill, ended: endOf(child, call, kill) };
}

/** Runs git to its end and gives what it printed. */
export async function runGit(call: GitCall): Promise<Buffer> {
  const { child, ended, kill } = startGit(call);
  child.stdin?.end();
  const pieces: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > GIT_ANSWER_BYTES_MAX) kill();
    else pieces.push(piece);
  });
  await ended;
  return Buffer.concat(pieces);
}

async function endOf(child: ChildProcess, call: GitCall, kill: () => void): Promise<void> {
  let complaint = "";
  child.stderr?.on("data", (piece: Buffer) => {
    complaint = (complaint + piece.toString("utf8")).slice(-GIT_COMPLAINT_LENGTH_MAX);
  });
  child.stdin?.on("error", () => {});
  let stopped: Error | undefined;
  const stop = (error: Error): void => {
    stopped ??= error;
    kill();
  };
  const timer = setTimeout(
    () =>
      stop(
        new IngestProblem(
          "unreachable_source",
          `git ${call.argv[0]} did not end within ${call.timeoutMs} ms; is the source slow, or too large?`,
        ),
      ),
    call.timeoutMs,
  );
  const { watch } = call;
  const release = call.onStop?.(() =>
    stop(new IngestProblem("outbound_refused", "the licence has ended; outbound stops")),
  );
  const looker =
    watch === undefined
      ? undefined
      : setInterval(() => {
          watch.look().then(
            (error) => error === undefined || stop(error),
            (error: unknown) => stop(error instanceof Error ? error : new Error(String(error))),
          );
        }, watch.lookMs);
  try {
    const [code] = await once(child, "close");
    if (stopped !== undefined) throw stopped;
    if (code !== 0) throw new GitFailed(call.argv[0] ?? "", Number(code), complaint.trim());
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT")
      throw new IngestProblem(
        "bad_source",
        "git is not installed; install it, or give the folder as directory:PATH",
        { cause: error },
      );
    throw error;
  } finally {
    clearTimeout(timer);
    clearInterval(looker);
    release?.();
  }
}

/** Git ended with an error; what it said is for the caller to put into words. */
export class GitFailed extends Error {
  override readonly name = "GitFailed";
  readonly complaint: string;

  constructor(command: string, exit: number, complaint: string) {
    super(`git ${command} ended with ${exit}: ${complaint}`);
    this.complaint = complaint;
  }
}

/** All that git starts (ssh, pack-objects) ends with it. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}

function gitEnvironment(): Record<string, string> {
  const { HOME = "/nonexistent", PATH = "", SSH_AUTH_SOCK } = process.env;
  return {
    HOME,
    PATH,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "true",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_SSH_COMMAND: "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes",
    ...(SSH_AUTH_SOCK === undefined ? {} : { SSH_AUTH_SOCK }),
  };
}
