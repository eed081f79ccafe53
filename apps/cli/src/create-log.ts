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
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return;
    const timestamp = new Date().toISOString();
    if (!isPerson) {
      port.err(`${JSON.stringify({ timestamp, level, service: "swoosh", message, ...context })}\n`);
      return;
    }
    const mark = level === "error" ? paint.error(level) : level;
    const about = Object.entries(context).map(([name, value]) => `  ${name} ${String(value)}`);
    port.err(`${timestamp.slice(11, 23)} ${mark} ${plainText([message, ...about].join("\n"))}\n`);
  };
}
