/** What keeps a source from being ingested; `docs/errors.md` says what helps. */
export const INGEST_CODES = [
  "bad_source",
  "unreachable_source",
  "moved_source",
  "outbound_refused",
  "too_many_files",
  "file_too_large",
  "source_too_large",
  "bad_path",
  "link_leads_out",
  "submodule",
  "special_file",
  "broken_archive",
] as const;

export type IngestCode = (typeof INGEST_CODES)[number];

/** A source that cannot be ingested, for a reason outside of Swoosh. What was fetched of it is gone already. */
export class IngestProblem extends Error {
  override readonly name = "IngestProblem";
  readonly code: IngestCode;
  /** The same source may do later without anybody changing it. */
  readonly retryable: boolean;

  constructor(code: IngestCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.retryable = code === "unreachable_source" || code === "moved_source";
  }
}
