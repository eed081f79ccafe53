import type { Log, LogLevel } from "@swoosh/server";
import type { ConsolePort } from "./console-port.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

export function isLogLevel(text: string): text is LogLevel {
  return LEVELS.some((level) => level === text);
}

/** Lines on standard error: JSON with `timestamp, level, service, message` for machines, words for a person. */
export function createLog(
  port: ConsolePort,
  { level: least, isPerson }: { readonly level: LogLevel; readonly isPerson: boolean },
): Log {
  const paint = createPaint(port.colour.err);
  return (level, message, context = {}) => {
    if (!passes(level, least)) return;
    if (!isPerson) {
      port.err(logLine({ level, message, context }));
      return;
    }
    const timestamp = new Date().toISOString();
    const mark = level === "error" ? paint.error(level) : level;
    const about = Object.entries(context)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => `  ${name} ${wordOf(value)}`);
    const lines = [message, ...about].map(plainText).join("\n");
    port.err(`${timestamp.slice(11, 23)} ${mark} ${lines}\n`);
  };
}

/** Is it at least as grave as that? */
export function passes(level: LogLevel, least: LogLevel): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/** The line that machines get, with its end. */
export function logLine(said: {
  readonly level: LogLevel;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}): string {
  const { context, level, message } = said;
  const head = { timestamp: new Date().toISOString(), level, service: "swoosh", message };
  // The head is said twice: it comes first, and nothing of the context takes its place.
  return `${JSON.stringify({ ...head, ...context, ...head }, readable)}\n`;
}

/** Errors have nothing that JSON would show; what they say is in their message and their causes'. */
function readable(_name: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const cause = value.cause === undefined ? {} : { cause: value.cause };
  return { name: value.name, message: value.message, ...cause };
}

function wordOf(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === "string" ? value : JSON.stringify(value, readable);
}
