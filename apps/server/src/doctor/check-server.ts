import { existsSync } from "node:fs";
import { nodeDisk } from "../journal/node-disk.ts";
import { findHolder } from "../journal/journal-lock.ts";
import { nodeProcesses } from "../journal/processes.ts";
import type { DataFolder } from "../node/data-folder.ts";
import { messageOf, tellerOf, type Finding } from "./finding.ts";

/** ms that a server gets to answer. */
const ANSWER_MS_MAX = 3_000;

/** Who has the folder, and whether it answers and misses nothing that it depends on. */
export async function checkServer(
  paths: DataFolder,
  given: { readonly url: string; readonly isUrlGiven: boolean },
): Promise<readonly Finding[]> {
  const { bad, ok, warn } = tellerOf("server");
  const holder = existsSync(paths.journal)
    ? findHolder(nodeDisk, paths.journal, nodeProcesses)
    : null;
  if (holder === null && !given.isUrlGiven)
    return [ok("no process has the folder; swoosh up starts one")];
  const who =
    holder === null ? "no process here has the folder" : `process ${holder} has the folder`;
  try {
    const response = await fetch(`${given.url}/readyz`, {
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    const body: unknown = JSON.parse(await response.text());
    const missing =
      typeof body === "object" && body !== null && "missing" in body && Array.isArray(body.missing)
        ? body.missing.map(String)
        : null;
    if (missing === null)
      return [
        warn(
          `${who}; ${given.url}/readyz answers ${response.status}`,
          "name a server of Swoosh with --url",
        ),
      ];
    return [
      ok(`${who}; ${given.url} answers`),
      ...missing.map((one) =>
        tellerOf("dependency").bad(
          `${one}`,
          one.startsWith("engine")
            ? "docs/runbooks/fenced-node.md"
            : "make it reachable from here, with the credentials that the settings name",
        ),
      ),
    ];
  } catch (error) {
    const says = `${who}; nothing answers at ${given.url}: ${messageOf(error)}`;
    if (given.isUrlGiven) return [bad(says, "start the server, or name its URL with --url")];
    return [
      warn(says, "name the server's URL with --url; its first line on standard output has it"),
    ];
  }
}
