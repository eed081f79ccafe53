import { openFolder, type FolderOptions } from "../read/open-folder.ts";
import { answerInProcess, type InProcess } from "./answer-in-process.ts";

export type { AnswerInProcess, InProcess } from "./answer-in-process.ts";

/** Reading routes over a data folder that nobody here writes to (see `openFolder`). */
export async function openFolderReader(options: FolderOptions): Promise<InProcess> {
  return answerInProcess(await openFolder(options));
}
