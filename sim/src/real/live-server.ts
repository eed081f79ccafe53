import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { TEST_RUN_VARIABLE } from "@swoosh/server";
import { isOverIn, straceArgs, type Tracing } from "./strace.ts";
import { HELD, tracePool } from "./trace-pool.ts";

const SWOOSH = fileURLToPath(new URL("../../../apps/cli/bin/swoosh.mjs", import.meta.url));
/** Folders with the charts that real servers play. */
export const CHARTS = ["../../charts", "../../../examples/order"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** What a server keeps its journal in. */
export type JournalKind = "file" | "level";

export interface StartOptions {
  /** Data folder; an empty one is initialised. */
  readonly data: string;
  /** Faults that strace injects. */
  readonly tracing?: Tracing | undefined;
  /** `file` unless given. */
  readonly journalKind?: JournalKind;
  /** Bytes of a segment of the log; small, so that there are many. */
  readonly segmentBytes?: number;
  readonly snapshotRecords?: number;
  /** Script of a test's ports, and the name of the installation that begins under them. */
  readonly testPorts?: { readonly file: string; readonly name: string };
  /** Where it listens beyond the loopback, with a certificate. */
  readonly address?: { readonly host: string; readonly cert: string; readonly key: string };
  /** The command that it is run by, e.g. `ip netns exec NAME`. */
  readonly runBy?: readonly string[];
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server as a process of its own. */
export interface LiveServer {
  readonly process: ChildProcess;
  /** Its URL, as soon as it takes proposals; null where it ended before. */
  readonly url: Promise<string | null>;
  /** The next line of standard output after the ready line; null where it ended. */
  readonly nextLine: () => Promise<string | null>;
  readonly ended: Promise<Ended>;
  /** Resolves after its end, when strace has written down all that it saw. */
  readonly traced: Promise<void>;
  /** What it said on standard error. */
  readonly said: () => string;
}

const SEGMENT_BYTES = 16_384;
const SNAPSHOT_RECORDS = 40;
/** Between two looks at a log that is not whole yet. */
const LOG_MS = 5;

export function startServer(options: StartOptions): LiveServer {
  const { data, segmentBytes = SEGMENT_BYTES, snapshotRecords = SNAPSHOT_RECORDS } = options;
  const { address, journalKind = "file", testPorts, tracing } = options;
  const flags = [
    ...["--data", data, "--port", "0", "--stranger-rate", "0"],
    ...["--segment-bytes", String(segmentBytes), "--snapshot-records", String(snapshotRecords)],
    ...["--journal-kind", journalKind],
    ...CHARTS.flatMap((folder) => ["--charts", folder]),
    ...(testPorts === undefined ? [] : ["--test-ports", testPorts.file, "--name", testPorts.name]),
    ...(address === undefined
      ? []
      : ["--host", address.host, "--tls-cert", address.cert, "--tls-key", address.key]),
  ];
  const isHeld = tracing?.threads === "pool";
  return startLive(
    [
      ...(options.runBy ?? []),
      ...(tracing?.threads === "all" ? straced(tracing) : []),
      process.execPath,
      ...(isHeld ? HELD.flags : []),
      ...[SWOOSH, "up", ...flags],
    ],
    testPorts === undefined ? {} : { [TEST_RUN_VARIABLE]: "1" },
    tracing,
  );
}

export interface FollowOptions {
  readonly url: string;
  /** Folder of the copy. */
  readonly data: string;
  /** Of an identity that may read the journal. */
  readonly key: string;
  /** Certificate that is trusted. */
  readonly ca: string;
  readonly runBy: readonly string[];
}

/** `swoosh follow` as a process of its own; its URL is there as soon as it has caught up once. */
export function startFollower({ ca, data, key, runBy, url }: FollowOptions): LiveServer {
  const flags = ["--data", data, "--key", key, "--tls-ca", ca];
  return startLive([...runBy, process.execPath, SWOOSH, "follow", url, ...flags], {});
}

function startLive(
  [program = "", ...argv]: readonly string[],
  env: Readonly<Record<string, string>>,
  tracing?: Tracing,
): LiveServer {
  const isHeld = tracing?.threads === "pool";
  const child = spawn(program, argv, {
    stdio: ["ignore", "pipe", "pipe", ...(isHeld ? HELD.stdio : [])],
    env: { ...process.env, ...env, ...(isHeld ? HELD.env : {}) },
  });
  const { stderr, stdout } = child;
  if (stdout === null || stderr === null) throw new Error("both are pipes");
  const ended = once(child, "exit").then(([code, signal]): Ended => ({
    code: Number.isInteger(code) ? code : null,
    signal,
  }));
  let said = "";
  stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string | null> => {
    const { done, value } = await lines.next();
    return done === true ? null : value;
  };
  const held = isHeld ? tracePool(child, tracing) : Promise.resolve(null);
  const url = held
    .then(() => Promise.race([nextLine(), ended.then(() => null)]))
    .then((line) => {
      if (line === null) return null;
      const ready: { readonly url: string } = JSON.parse(line);
      return ready.url;
    });
  const traced = ended.then(async () => {
    if (isHeld) await (await held.catch(() => null))?.ended;
    else if (tracing !== undefined) await logOver(tracing.log, child.pid ?? 0);
  });
  return { process: child, url, nextLine, ended, traced, said: () => said };
}

/** The tracer is nobody's child: it is done when it wrote that the process is. */
async function logOver(log: string, pid: number): Promise<void> {
  while (!existsSync(log) || !isOverIn(readFileSync(log, "utf8"), pid)) await setTimeout(LOG_MS);
}

/**
 * With `-D` the tracer is no parent: the child that we see is the server itself, with its own exit and signal. Not by
 * `--seccomp-bpf`, with which other calls would cost less: a signal that is injected so is never delivered.
 */
function straced(tracing: Tracing): readonly string[] {
  return ["strace", "-D", "-f", "-q", ...straceArgs(tracing)];
}
