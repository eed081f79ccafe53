import { existsSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { GONE_MS } from "./bounded-patience.ts";
import { WorldError } from "./world-error.ts";

export const URL_DEFAULT = "http://127.0.0.1:8080";
/** ms between two looks for a server that may be starting. */
const LOOK_MS = 100;

/**
 * Address of the server that runs over the folder in question, whatever port it has: the folder that the key file lies in, or else the
 * one that the settings name. Whoever named a folder means its server and no other, which is waited for as long as one that is being
 * started again (`GONE_MS`), and nobody else is asked meanwhile. A folder that nobody named is only tried.
 */
export async function findByFolder(
  key: string | undefined,
  tell: (words: string) => void,
  wait: (ms: number) => Promise<void> = pause,
): Promise<string> {
  const { findServer } = await import("@swoosh/server/running");
  const { folder, isNamed } = await folderOf(key ?? process.env["SWOOSH_KEY"]);
  const found = findServer(folder)?.url;
  if (found !== undefined) return found;
  if (!isNamed) return URL_DEFAULT;
  tell(
    `nobody listens for ${folder}; looking again for ${GONE_MS / 1_000} s, Ctrl-C ends it. Start one with swoosh up --data ${folder}, or name another with --url`,
  );
  for (let waitedMs = 0; waitedMs < GONE_MS; waitedMs += LOOK_MS) {
    await wait(LOOK_MS);
    const url = findServer(folder)?.url;
    if (url !== undefined) return url;
  }
  throw new WorldError(
    `no server runs over ${folder}; start one with swoosh up --data ${folder}, or name one elsewhere with --url`,
  );
}

interface Place {
  readonly folder: string;
  /** By the caller, not by default. */
  readonly isNamed: boolean;
}

async function folderOf(key: string | undefined): Promise<Place> {
  const own = key === undefined ? undefined : folderAround(key);
  if (own !== undefined) return { folder: own, isNamed: true };
  const { readSettings } = await import("@swoosh/server/settings");
  const settings = readSettings({});
  return { folder: settings.text("data"), isNamed: !settings.isDefault("data") };
}

/** The data folder of which this is a key; a key that lies elsewhere says nothing of a server. */
function folderAround(key: string): string | undefined {
  const keys = dirname(resolve(key));
  const folder = dirname(keys);
  if (basename(keys) !== "keys" || !existsSync(join(folder, "journal"))) return undefined;
  return relative(process.cwd(), folder) || ".";
}
