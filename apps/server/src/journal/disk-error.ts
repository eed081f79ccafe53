import { JournalError } from "@swoosh/kernel";

/** The system's name of an error, or "" where it has none. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

/** No room, by the disk or by a quota: it passes when somebody frees some. */
export function isFull(error: unknown): boolean {
  return codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT";
}

/**
 * What a failed call means to the journal: no room is `full`; everything else is `failed` and never tried again, for
 * after a failed sync the system may call pages clean that never reached the disk.
 */
export function journalErrorOf(error: unknown, act: string): JournalError {
  if (error instanceof JournalError) return error;
  const options = { cause: error };
  if (isFull(error))
    return new JournalError(
      "full",
      `no room on the disk to ${act}; free some, the journal goes on by itself`,
      options,
    );
  const code = codeOf(error);
  return new JournalError(
    "failed",
    `the disk failed (${code === "" ? "no code" : code}) when asked to ${act}; check it, then start again`,
    options,
  );
}
