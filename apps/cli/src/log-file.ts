import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Log, LogLevel } from "@swoosh/server";
import { logLine, passes } from "./create-log.ts";

/** Bytes after which a log file is set aside; one that was set aside before goes, so both together are twice that at most. */
export const LOG_FILE_BYTES_MAX = 16 * 1_024 * 1_024;
/** End of the name of the file that was set aside. */
export const FORMER_END = ".1";

/**
 * Log lines in a file, JSON as machines get them on standard error, readable by its owner alone. A file that cannot be written stops nothing: it is
 * said once, by `onFailure`, and the next line tries again.
 */
export function createLogFile(
  path: string,
  {
    bytesMax = LOG_FILE_BYTES_MAX,
    level: least,
    onFailure,
  }: {
    readonly level: LogLevel;
    readonly onFailure: (why: string) => void;
    readonly bytesMax?: number;
  },
): Log {
  let bytes: number | undefined;
  let isTold = false;
  return (level, message, context = {}) => {
    if (!passes(level, least)) return;
    const line = logLine({ level, message, context });
    try {
      bytes ??= sizeOf(path);
      if (bytes > 0 && bytes + line.length > bytesMax) {
        renameSync(path, `${path}${FORMER_END}`);
        bytes = 0;
      }
      appendFileSync(path, line, { mode: 0o600 });
      bytes += Buffer.byteLength(line);
    } catch (error) {
      bytes = undefined;
      if (isTold) return;
      isTold = true;
      onFailure(error instanceof Error ? error.message : String(error));
    }
  };
}

function sizeOf(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
