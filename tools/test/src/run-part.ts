import { spawn, type ChildProcess } from "node:child_process";
import { delimiter, join } from "node:path";
import process from "node:process";
import { readCounts, type Counts } from "./counts.ts";
import type { Part } from "./part.ts";
import { REPOSITORY } from "./repository.ts";

export interface PartRun {
  readonly name: string;
  readonly counts: Counts;
  readonly durationMs: number;
  /** Standard output and errors as they came, for a part that failed. */
  readonly output: string;
  /** Why the part counts as crashed; null where it ended by itself and counted. */
  readonly crash: string | null;
}

interface Ended {
  readonly stdout: string;
  readonly output: string;
  readonly ending: string | null;
}

const MINUTES_MAX = 10;
const SOAK_FACTOR = 24;
/** How much longer properties and fuzzers run in `make soak`, where nobody says otherwise (SWOOSH_SOAK=100 make soak). */
const SOAK_SCALE = "20";

/** Runs one part to its end; a crash, a missing closing line and a run beyond its time count as one failure. */
export async function runPart(
  part: Part,
  soak: boolean,
  onBeat: (elapsedMs: number) => void,
): Promise<PartRun> {
  const command = soak ? (part.soak ?? part.run) : part.run;
  const minutesMax = (part.minutesMax ?? MINUTES_MAX) * (soak ? SOAK_FACTOR : 1);
  const started = performance.now();
  const beat = setInterval(() => onBeat(performance.now() - started), 30_000);
  const ended = await runCommand(command, minutesMax * 60_000, soak);
  clearInterval(beat);
  const { counts, crash } = judge(part, ended);
  return {
    name: part.name,
    counts,
    crash,
    output: ended.output,
    durationMs: performance.now() - started,
  };
}

/** Exported for its tests: what the end of a program says about the part. */
export function judge(
  part: Part,
  ended: Ended,
): { readonly counts: Counts; readonly crash: string | null } {
  if (part.counts === "exit-code") {
    const ok = ended.ending === null;
    return { counts: { passed: ok ? 1 : 0, failed: ok ? 0 : 1 }, crash: null };
  }
  const counts = readCounts(ended.stdout);
  if (counts === undefined) {
    const how = ended.ending ?? "ended well";
    return {
      counts: { passed: 0, failed: 1 },
      crash: `${how}, without a closing line "N passed, M failed"`,
    };
  }
  if (ended.ending !== null && counts.failed === 0) {
    return {
      counts: { ...counts, failed: 1 },
      crash: `${ended.ending}, though it counted no failure`,
    };
  }
  return { counts, crash: null };
}

async function runCommand(
  command: readonly string[],
  timeoutMs: number,
  soak: boolean,
): Promise<Ended> {
  const [program = "", ...argv] = command;
  // A group of its own, so that ending a part ends what it started too.
  const child = spawn(program, argv, {
    cwd: REPOSITORY,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: environment(soak),
  });
  const stop = (): void => endGroup(child);
  const timer = setTimeout(stop, timeoutMs);
  process.once("exit", stop);
  let stdout = "";
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ending = await new Promise<string | null>((resolve) => {
    child.on("error", (error) => resolve(`could not be started (${error.message})`));
    child.on("close", (code, signal) => resolve(describeEnd(code, signal)));
  });
  clearTimeout(timer);
  process.off("exit", stop);
  return { stdout, output, ending };
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string | null {
  if (signal !== null) return `was ended by ${signal}`;
  return code === 0 ? null : `exited with ${String(code)}`;
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already: nothing is left to end.
  }
}

function environment(soak: boolean): NodeJS.ProcessEnv {
  const programs = join(REPOSITORY, "node_modules", ".bin");
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${programs}${delimiter}${process.env["PATH"] ?? ""}`,
  };
  if (soak) env["SWOOSH_SOAK"] ??= SOAK_SCALE;
  return env;
}
