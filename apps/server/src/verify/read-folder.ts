import { existsSync } from "node:fs";
import { join } from "node:path";
import { readLog } from "../journal/read-log.ts";
import { dataFolder } from "../node/data-folder.ts";
import { NodeProblem } from "../node/node-problem.ts";

/** Texts of a data folder's records from `from` on, read-only, also while a server runs on it (see `readLog`). */
export function readFolder(folder: string, from = 0): Iterable<string> {
  const { journal } = dataFolder(folder);
  if (!existsSync(join(journal, "log")))
    throw new NodeProblem(`${folder} holds no journal; name a data folder of Swoosh`);
  return readLog(journal, { from });
}
