import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createServerKernel } from "../node/create-server-kernel.ts";
import { dataFolder } from "../node/data-folder.ts";
import { readFolder } from "./read-folder.ts";
import { recordSignatureHolds } from "./record-signature-holds.ts";
import { verifyLog, type UnsoundLog, type VerifiedLog } from "./verify-log.ts";

/**
 * Replays the whole log of a data folder, read-only, also while a server runs on it. Throws `CorruptJournal` for bytes that
 * cannot be read, `NodeProblem` where there is no journal.
 */
export async function verifyFolder(
  folder: string,
  options: { readonly signatures: boolean; readonly onProgress?: (records: number) => void },
): Promise<VerifiedLog | UnsoundLog> {
  const { journal } = dataFolder(folder);
  return verifyLog(readFolder(folder), {
    kernel: createServerKernel(),
    chart: async (hash) => {
      const path = join(journal, "evidence", `${hash}.json`);
      return existsSync(path) ? readFileSync(path, "utf8") : undefined;
    },
    ...(options.signatures ? { signatureHolds: recordSignatureHolds } : {}),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
  });
}
