import { createEventWriter, type EventWriter } from "./event-writer.ts";
import { createLogState, type LogState, type OnDelivered } from "./log-state.ts";
import { readEvent } from "./read-event.ts";

/** The first bad line, counted from 1, and what is wrong with it. */
export interface LogProblem {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

/** What a log says, up to its first bad line. */
export interface ValidatedLog {
  readonly state: LogState;
  /** Good lines, and their length in UTF-16 units: what may be kept after a crash. */
  readonly lines: number;
  readonly length: number;
  readonly problem: LogProblem | undefined;
  /** The log ends with a line of type `close`; one without was cut off between two lines, or is still being written. */
  readonly isClosed: boolean;
}

/** Reads a log line by line; `add` gives a problem once, and nothing is read after it. */
export interface LogReader {
  /** What the lines so far say. */
  readonly state: LogState;
  add(line: string): LogProblem | undefined;
  finish(): ValidatedLog;
}

/** A reader that is given a log piece by piece; `onDelivered` is told of each delivery in it. */
export function createLogReader(onDelivered?: OnDelivered): LogReader {
  const state = createLogState(onDelivered);
  const writer = createEventWriter();
  let problem: LogProblem | undefined;
  let [lines, length] = [0, 0];
  return {
    state,
    add(line) {
      if (problem !== undefined) return problem;
      const wrong = problemOfLine(line, writer, state);
      if (wrong !== undefined) problem = { line: lines + 1, problem: wrong };
      else {
        lines += 1;
        length += line.length + 1;
      }
      return problem;
    },
    finish: () => ({ state, lines, length, problem, isClosed: state.isClosed }),
  };
}

/**
 * Validates a whole text; `onDelivered` is told of each delivery in it. The last line must have its end: one without was
 * cut.
 */
export function validateEvents(text: string, onDelivered?: OnDelivered): ValidatedLog {
  const reader = createLogReader(onDelivered);
  let start = 0;
  for (;;) {
    const end = text.indexOf("\n", start);
    if (end < 0) break;
    if (reader.add(text.slice(start, end)) !== undefined) return reader.finish();
    start = end + 1;
  }
  const read = reader.finish();
  if (start === text.length) {
    return read.lines === 0 ? { ...read, problem: { line: 1, problem: "the log is empty" } } : read;
  }
  const problem = { line: read.lines + 1, problem: "the line has no end: it was cut" };
  return { ...read, problem };
}

/** The line is what the writer would write at this place: that covers order of fields, spaces, `seq` and `sum`. */
function problemOfLine(line: string, writer: EventWriter, state: LogState): string | undefined {
  const read = readEvent(line);
  if (!read.ok) return read.problem;
  const { event, seq, tick } = read;
  const expected = writer.seq;
  if (seq !== expected)
    return `seq ${seq} where ${expected} comes next: lines are missing, doubled or out of order`;
  const written = writer.line(event, tick).slice(0, -1);
  if (written !== line) {
    return written.slice(0, -SUM_LENGTH) === line.slice(0, -SUM_LENGTH)
      ? "the sum does not fit: this line was changed since it was written"
      : "not in the form in which lines are written (order of fields, spaces)";
  }
  return state.apply(event, tick);
}

/** `0123456789a"]`. */
const SUM_LENGTH = 13;
