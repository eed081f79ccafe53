import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findHolder } from "../journal/journal-lock.ts";
import { nodeDisk } from "../journal/node-disk.ts";
import { nodeProcesses, type ProcessIdentity } from "../journal/processes.ts";
import { storeFile } from "../journal/whole-file.ts";
import { dataFolder } from "../node/data-folder.ts";

/** A server that says in its data folder where it is found. */
export interface AnnouncedServer {
  readonly url: string;
  readonly pid: number;
  /** When its process began, in ticks of the system. */
  readonly start: string;
  /** ms since the epoch from which on it took proposals. */
  readonly since: number;
  /** File that it writes its log to; null: to standard error alone. */
  readonly logFile: string | null;
}

const FILE = "server.json";
/** Addresses that mean every interface of a machine: who is on it goes by the loopback. */
const EVERYWHERE: ReadonlyMap<string, string> = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["[::]", "[::1]"],
]);

/**
 * Says in the folder where its server is found, so that whoever knows the folder need not know the port. A1: it names the very process,
 * so what a kill left behind is no server. A2: what is announced is the folder's, and goes with an orderly stop. Gives what takes it back.
 */
export function announceServer(
  folder: string,
  server: { readonly url: string; readonly since: number; readonly logFile?: string | undefined },
): () => void {
  const path = join(folder, FILE);
  const { logFile = null, since, url } = server;
  const about = { ...nodeProcesses.own, logFile, since, url: reachable(url) };
  storeFile(nodeDisk, path, Buffer.from(`${JSON.stringify(about)}\n`));
  return () => rmSync(path, { force: true });
}

/** The server that runs over the folder now, or undefined; one whose process cannot be seen from here is none (A1). */
export function findServer(folder: string): AnnouncedServer | undefined {
  const said = readAnnounced(folder);
  if (said === undefined || !nodeProcesses.isAlive(said)) return undefined;
  const { logFile, pid, since, start, url } = said;
  return { url, pid, start, since, logFile };
}

/** Process that has the folder open but says in it nowhere how it is found: one that starts or stops, or another command. */
export function findHolderOf(folder: string): number | undefined {
  const { journal } = dataFolder(folder);
  if (!existsSync(journal)) return undefined;
  return findHolder(nodeDisk, journal, nodeProcesses) ?? undefined;
}

/** Does the process that was found still run? A number that another one got since is not it. */
export function stillRuns({ pid, start }: Pick<AnnouncedServer, "pid" | "start">): boolean {
  return nodeProcesses.isAlive({ ...nodeProcesses.own, pid, start });
}

interface Announced extends AnnouncedServer, ProcessIdentity {}

/** What is not of our making is as good as nothing: the file is a hint, and the next start writes it anew. */
function readAnnounced(folder: string): Announced | undefined {
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(join(folder, FILE), "utf8"));
  } catch {
    return undefined;
  }
  if (typeof given !== "object" || given === null) return undefined;
  const { boot, logFile = null, pid, since, space, start, url }: Partial<Announced> = given;
  const isWhole =
    typeof url === "string" &&
    URL.canParse(url) &&
    typeof pid === "number" &&
    typeof since === "number" &&
    typeof boot === "string" &&
    typeof space === "string" &&
    typeof start === "string" &&
    (logFile === null || typeof logFile === "string");
  return isWhole ? { boot, logFile, pid, since, space, start, url } : undefined;
}

function reachable(url: string): string {
  const at = new URL(url);
  const host = EVERYWHERE.get(at.hostname);
  if (host === undefined) return url;
  return `${at.protocol}//${host}:${at.port}`;
}
