import { dataFolder } from "../node/data-folder.ts";
import type { Settings } from "../settings/read-settings.ts";
import { findServer } from "../up/announced-server.ts";
import { checkBlobs } from "./check-blobs.ts";
import { checkFolder, checkKeys, checkSpace } from "./check-folder.ts";
import { checkJournal } from "./check-journal.ts";
import { checkProgram } from "./check-program.ts";
import { checkServer } from "./check-server.ts";
import { checkSettings } from "./check-settings.ts";
import type { Finding } from "./finding.ts";

export interface ExamineOptions {
  /** Of a running server; the one that runs over the folder, or that of the settings, unless given. */
  readonly url?: string;
  /** ms since the epoch. */
  readonly now: number;
}

/** Everything that can be wrong with an installation, looked at without changing anything, also while a server runs. */
export async function examine(
  settings: Settings,
  { now, url }: ExamineOptions,
): Promise<readonly Finding[]> {
  const paths = dataFolder(settings.text("data"));
  const folder = checkFolder(paths);
  const program = [...checkProgram(), ...checkSettings(settings, now), folder];
  if (folder.verdict === "bad") return program;
  const server = await checkServer(paths, {
    url: url ?? findServer(paths.folder)?.url ?? urlOf(settings),
    isUrlGiven: url !== undefined,
  });
  return [
    ...program,
    checkSpace(paths),
    ...checkKeys(paths),
    ...checkJournal(paths, now),
    ...checkBlobs(paths),
    ...server,
  ];
}

function urlOf(settings: Settings): string {
  const scheme = settings.optionalText("tls-cert") === undefined ? "http" : "https";
  const host = settings.text("host");
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${settings.integer("port")}`;
}
