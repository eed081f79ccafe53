import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import process from "node:process";
import type { ConsolePort } from "./console-port.ts";

/** The real console. Writes are synchronous: a pipe that is read slowly holds the command up instead of losing lines. */
export function processConsole(): ConsolePort {
  const wanted = process.env["NO_COLOR"] === undefined || process.env["NO_COLOR"] === "";
  let isOutClosed = false;
  const isTerminal = { out: process.stdout.isTTY === true, err: process.stderr.isTTY === true };
  return {
    out: (text) => {
      isOutClosed ||= !writeAll(1, text, isTerminal.out);
    },
    isOutClosed: () => isOutClosed,
    err: (text) => {
      writeAll(2, text, isTerminal.err);
    },
    colour: {
      out: wanted && isTerminal.out,
      err: wanted && isTerminal.err,
    },
    errIsTerminal: isTerminal.err,
    stdinLines,
    stdinIsTerminal: process.stdin.isTTY === true,
  };
}

/** Lets go of standard input when nobody wants more lines: while it is open, the process would not end. */
async function* stdinLines(): AsyncIterable<string> {
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    yield* lines;
  } finally {
    lines.close();
    process.stdin.destroy();
  }
}

/** Whether somebody reads what was written. */
function writeAll(descriptor: number, text: string, isTerminal: boolean): boolean {
  const bytes = Buffer.from(text, "utf8");
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      // A reader that has gone (`| head`, a terminal that was closed) is no failure of ours; a full non-blocking pipe is
      // tried again.
      if (code === "EPIPE" || (code === "EIO" && isTerminal)) return false;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(PAUSE, 0, 0, 2);
    }
  }
  return true;
}

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
