import type { AnnouncedServer } from "@swoosh/server/running";
import type { ConsolePort } from "./console-port.ts";
import { createPaint } from "./paint.ts";
import { plainText } from "./plain-text.ts";

export interface Running {
  readonly folder: string;
  /** Undefined where none runs. */
  readonly server: AnnouncedServer | undefined;
}

/** The server of the folder that the flag or the settings name. */
export async function runningServer(data: string | undefined): Promise<Running> {
  const { findServer } = await import("@swoosh/server/running");
  const { readSettings } = await import("@swoosh/server/settings");
  const folder = readSettings(data === undefined ? {} : { data }).text("data");
  return { folder, server: findServer(folder) };
}

/** Says that none runs, and what to do. */
export async function tellNone(port: ConsolePort, folder: string): Promise<void> {
  const { findHolderOf } = await import("@swoosh/server/running");
  const holder = findHolderOf(folder);
  const paint = createPaint(port.colour.err);
  const words =
    holder === undefined
      ? `no server runs over ${folder}; start one with swoosh up --data ${folder} (make start for the demo), or name another folder with --data`
      : `process ${holder} has ${folder} open and does not say where it listens: it starts, or ends, or is another command; ask again in a moment`;
  port.err(`${paint.error("swoosh:")} ${plainText(words)}\n`);
}
