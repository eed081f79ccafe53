import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { LogsFlags } from "./add-running-commands.ts";
import type { ConsolePort } from "./console-port.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import { FORMER_END } from "./log-file.ts";
import { createPaint, type Paint } from "./paint.ts";
import { plainText } from "./plain-text.ts";
import { countOf } from "./read-client.ts";
import { runningServer, tellNone } from "./running-server.ts";
import { withServerErrors } from "./with-server-errors.ts";
import { WorldError } from "./world-error.ts";

const LINES_DEFAULT = 100;
const LOOK_MS = 200;

/** `swoosh logs`: of the server that runs, or of the last one that kept its log in the folder. */
export function runLogs(port: ConsolePort, flags: LogsFlags): Promise<ExitCode> {
  return withServerErrors(port, async () => {
    const lines = countOf(port, "--lines", flags.lines);
    if (lines === null) return EXIT.usage;
    const { folder, server } = await runningServer(flags.data);
    const left = join(folder, "server.log");
    const path = server === undefined ? left : server.logFile;
    if (path === null)
      throw new WorldError(
        `the server over ${folder} writes its log to its standard error alone; start it with --log-file ${left} to keep it`,
      );
    if (statSync(path, { throwIfNoEntry: false }) === undefined) {
      if (server === undefined) await tellNone(port, folder);
      else port.err(`swoosh: ${plainText(path)} is empty yet\n`);
      return EXIT.no;
    }
    const tell = tellerOf(port, flags.json === true);
    const seen = tellLast(path, lines ?? LINES_DEFAULT, tell);
    if (flags.follow !== true) return EXIT.ok;
    if (server === undefined) {
      await tellNone(port, folder);
      return EXIT.no;
    }
    await follow(port, { path, server, from: seen }, tell);
    return EXIT.ok;
  });
}

type Tell = (line: string) => void;

/** The last lines, those of the file that was set aside among them; gives the bytes of the present file that were read. */
function tellLast(path: string, count: number, tell: Tell): number {
  const present = readFileSync(path, "utf8");
  const former = statSync(`${path}${FORMER_END}`, { throwIfNoEntry: false });
  const own = whole(present);
  const before =
    own.length < count && former !== undefined
      ? whole(readFileSync(`${path}${FORMER_END}`, "utf8"))
      : [];
  const all = [...before, ...own];
  for (const line of count === 0 ? [] : all.slice(-count)) tell(line);
  return Buffer.byteLength(present.slice(0, present.lastIndexOf("\n") + 1));
}

/** Until the server is gone; its last words are told. */
async function follow(
  port: ConsolePort,
  about: {
    readonly path: string;
    readonly server: { readonly pid: number; readonly start: string };
    readonly from: number;
  },
  tell: Tell,
): Promise<void> {
  const { stillRuns } = await import("@swoosh/server/running");
  const { path, server } = about;
  let file = openSync(path, "r");
  let { from } = about;
  try {
    for (;;) {
      const wasRunning = stillRuns(server);
      from = tellFrom(file, from, tell);
      const now = statSync(path, { throwIfNoEntry: false });
      if (now !== undefined && now.ino !== fstatSync(file).ino) {
        // It was set aside meanwhile, and was read to its end.
        closeSync(file);
        file = openSync(path, "r");
        from = tellFrom(file, 0, tell);
      }
      if (!wasRunning || port.isOutClosed()) return;
      await pause(LOOK_MS);
    }
  } finally {
    closeSync(file);
  }
}

/** Tells the whole lines from there on; gives where the next one begins. */
function tellFrom(file: number, from: number, tell: Tell): number {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - from));
  const read = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  const end = read.lastIndexOf("\n") + 1;
  for (const line of whole(read.subarray(0, end).toString("utf8"))) tell(line);
  return from + end;
}

/** Lines that have their end. */
function whole(text: string): readonly string[] {
  return text.split("\n").slice(0, -1);
}

function tellerOf(port: ConsolePort, isJson: boolean): Tell {
  const paint = createPaint(port.colour.out);
  return (line) => port.out(isJson ? `${line}\n` : `${readable(line, paint)}\n`);
}

/** For a person; a line of another kind as it is. */
function readable(line: string, paint: Paint): string {
  try {
    const {
      level,
      message,
      service: _service,
      timestamp,
      ...context
    }: Record<string, unknown> = JSON.parse(line);
    const mark = level === "error" ? paint.error(level) : String(level);
    const about = Object.entries(context)
      .filter(([, value]) => value !== null)
      .map(
        ([name, value]) => `  ${name} ${typeof value === "string" ? value : JSON.stringify(value)}`,
      );
    const words = [String(message), ...about].map(plainText).join("\n");
    return `${plainText(String(timestamp))} ${mark} ${words}`;
  } catch {
    return plainText(line);
  }
}
