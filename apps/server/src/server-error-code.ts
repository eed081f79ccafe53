/** What the errors of the server's own parts say by code; `docs/errors.md` tells what helps. Those of the journal are the kernel's. */
export type ServerErrorCode =
  | "bad_setting"
  | "bad_data_folder"
  | "bad_key"
  | "chart_refused"
  | "locked"
  | "unsound_backup"
  | "forked"
  | "unsound_record"
  | "memory_unavailable";
