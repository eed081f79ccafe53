import type { ServerErrorCode } from "../server-error-code.ts";

/** Another living process has the journal open. */
export class JournalLocked extends Error {
  override readonly name = "JournalLocked";
  readonly code = "locked" satisfies ServerErrorCode;
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(
      `the journal in ${folder} is open in process ${pid}; stop that one first, or use another folder`,
    );
    this.pid = pid;
  }
}
