import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { TEST_RUN_VARIABLE } from "@swoosh/server";

const SWOOSH = fileURLToPath(new URL("../../../apps/cli/bin/swoosh.mjs", import.meta.url));
/** Folders with the charts that real servers play. */
export const CHARTS = ["../../charts", "../../../examples/order"].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

export interface StartOptions {
  /** Data folder; an empty one is initialised. */
  readonly data: string;
  /** Faults that strace injects, e.g. `fdatasync:signal=KILL:when=3`; counted from the start of the process. */
  readonly inject?: readonly string[];
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
  /** What it said on standard error. */
  readonly said: () => string;
}

const SEGMENT_BYTES = 16_384;
const SNAPSHOT_RECORDS = 40;

export function startServer(options: StartOptions): LiveServer {
  const { data, segmentBytes = SEGMENT_BYTES, snapshotRecords = SNAPSHOT_RECORDS } = options;
  const { address, testPorts } = options;
  const flags = [
    ...["--data", data, "--port", "0", "--stranger-rate", "0"],
    ...["--segment-bytes", String(segmentBytes), "--snapshot-records", String(snapshotRecords)],
    ...CHARTS.flatMap((folder) => ["--charts", folder]),
    ...(testPorts === undefined ? [] : ["--test-ports", testPorts.file, "--name", testPorts.name]),
    ...(address === undefined
      ? []
      : ["--host", address.host, "--tls-cert", address.cert, "--tls-key", address.key]),
  ];
  const command = [...(options.runBy ?? []), ...straced(options.inject ?? [])];
  return startLive(
    [...command, process.execPath, SWOOSH, "up", ...flags],
    testPorts === undefined ? {} : { [TEST_RUN_VARIABLE]: "1" },
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
): LiveServer {
  const child = spawn(program, argv, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const ended = once(child, "exit").then(([code, signal]): Ended => ({
    code: Number.isInteger(code) ? code : null,
    signal,
  }));
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string | null> => {
    const { done, value } = await lines.next();
    return done === true ? null : value;
  };
  const url = Promise.race([nextLine(), ended.then(() => null)]).then((line) => {
    if (line === null) return null;
    const ready: { readonly url: string } = JSON.parse(line);
    return ready.url;
  });
  return { process: child, url, nextLine, ended, said: () => said };
}

/** With `-D` the tracer is no parent: the child that we see is the server itself, with its own exit and signal. */
function straced(inject: readonly string[]): readonly string[] {
  if (inject.length === 0) return [];
  const calls = [...new Set(inject.map((fault) => fault.split(":")[0] ?? ""))];
  return [
    ...["strace", "-D", "-f", "-qq", "-o", "/dev/null"],
    ...["-e", `trace=${calls.join(",")}`, "-e", "signal=none"],
    ...inject.flatMap((fault) => ["-e", `inject=${fault}`]),
  ];
}
