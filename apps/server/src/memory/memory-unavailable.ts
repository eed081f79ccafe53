import type { ServerErrorCode } from "../server-error-code.ts";

/** A folder of memories cannot be read or written, or another process has it. The message names the file and says what to do. */
export class MemoryUnavailable extends Error {
  override readonly name = "MemoryUnavailable";
  readonly code: ServerErrorCode = "memory_unavailable";
}
