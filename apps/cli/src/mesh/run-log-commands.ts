import { createLogReader, type ValidatedLog } from "@swoosh/mesh";
import { createReadStream } from "node:fs";
import process from "node:process";
import type { ConsolePort } from "../console-port.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { WorldError } from "../world-error.ts";

export interface LogFlags {
  readonly file: string;
  readonly json: boolean;
}

/** `isOpen`: it may still be written to, so the line that closes it may be missing. */
export interface ValidateFlags extends LogFlags {
  readonly isOpen: boolean;
}

/**
 * `swoosh mesh validate`: every line of an event log, or the first bad one by its number; exit 1 where there is one. The
 * line that closes a log is one of them: without it nobody knows that no other line was cut.
 */
export async function runMeshValidate(
  port: ConsolePort,
  { file, json, isOpen }: ValidateFlags,
): Promise<ExitCode> {
  const { log, hasEnd } = await readLog(file);
  const problem = problemOf(log, hasEnd) ?? (isOpen ? undefined : unclosed(log));
  if (json) {
    port.out(
      `${JSON.stringify({ ok: problem === undefined, lines: log.lines, closed: log.isClosed, line: problem?.line ?? 0, problem: problem?.problem ?? "" })}\n`,
    );
  } else if (problem !== undefined) {
    port.err(`${file}:${problem.line}: ${problem.problem}\n`);
    port.err(`the ${log.lines} lines before it are good\n`);
  } else {
    const ending = log.isClosed ? "closed in order" : "not closed yet";
    port.out(`${log.lines} lines, all good; ${ending}\n`);
  }
  return problem === undefined ? EXIT.ok : EXIT.no;
}

/** `swoosh mesh replay`: the state that a log leads to. */
export async function runMeshReplay(
  port: ConsolePort,
  { file, json }: LogFlags,
): Promise<ExitCode> {
  const { log, hasEnd } = await readLog(file);
  const problem = problemOf(log, hasEnd);
  if (problem !== undefined) {
    port.err(`${file}:${problem.line}: ${problem.problem}; up to there:\n`);
  }
  const { tick, counts, live, dead } = log.state;
  const state = { tick, ...counts, inFlight: live.size, dead: dead.size };
  if (json) port.out(`${JSON.stringify(state)}\n`);
  else for (const [name, value] of Object.entries(state)) port.out(`${name.padEnd(12)} ${value}\n`);
  return problem === undefined ? EXIT.ok : EXIT.no;
}

interface Problem {
  readonly line: number;
  readonly problem: string;
}

function problemOf(log: ValidatedLog, hasEnd: boolean): Problem | undefined {
  if (log.problem !== undefined) return log.problem;
  if (log.lines === 0) return { line: 1, problem: "the log is empty" };
  return hasEnd ? undefined : { line: log.lines + 1, problem: "the line has no end: it was cut" };
}

function unclosed({ isClosed, lines }: ValidatedLog): Problem | undefined {
  if (isClosed) return undefined;
  return {
    line: lines + 1,
    problem:
      "the line that closes the log is missing: it was cut off here, or it is still written; take the whole file, or give --open for one that is still written",
  };
}

/** Line by line, so that a log may be larger than memory. Bytes that are no UTF-8 make their line a bad one. */
async function readLog(
  file: string,
): Promise<{ readonly log: ValidatedLog; readonly hasEnd: boolean }> {
  const reader = createLogReader();
  const decoder = new TextDecoder("utf-8");
  let rest = "";
  try {
    const stream = file === "-" ? process.stdin : createReadStream(file);
    for await (const chunk of stream) {
      const lines = (rest + decoder.decode(Buffer.from(chunk), { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines)
        if (reader.add(line) !== undefined) return { log: reader.finish(), hasEnd: true };
      if (rest.length > LINE_LENGTH_MAX) reader.add(rest);
    }
  } catch (cause) {
    throw new WorldError(
      `cannot read ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  return { log: reader.finish(), hasEnd: rest === "" };
}

/** No event is longer: a file without line ends is no log, and is not read to its end. */
const LINE_LENGTH_MAX = 1_048_576;
