import type { UnsoundLog } from "../verify/verify-log.ts";
import type { ServerErrorCode } from "../server-error-code.ts";

/** A log that was to be copied is not what it must be. Nothing was written under the name that was given. */
export class UnsoundBackup extends Error {
  override readonly name = "UnsoundBackup";
  readonly code = "unsound_backup" satisfies ServerErrorCode;
  /** The first bad record, or null where the log as a whole is another than its note says. */
  readonly index: number | null;

  constructor(
    folder: string,
    { index, problem }: Pick<UnsoundLog, "problem"> & { readonly index: number | null },
  ) {
    const place = index === null ? "" : ` record ${index}:`;
    super(`${folder} is not sound:${place} ${problem}; nothing was written`);
    this.index = index;
  }
}
