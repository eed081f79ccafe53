import { MeshError } from "@swoosh/mesh";
import { MEMORY_RETRY_MS } from "./limits.ts";
import type { MemoryNo, MemoryWish } from "./memory-messages.ts";
import { MemoryRefused } from "./memory-refused.ts";
import { MemoryUnavailable } from "./memory-unavailable.ts";

/** ms after which a full disk may have room again. */
const DISK_RETRY_MS = 5_000;

/** What a caller is told of an error, with files named from the data folder on. */
export function toldOf(
  error: unknown,
  { asked, data }: { readonly asked: MemoryWish["kind"]; readonly data: string },
): MemoryNo {
  if (error instanceof MemoryRefused) return { code: error.code, detail: error.message };
  if (error instanceof MeshError) return ofMesh(error, asked, data);
  if (!(error instanceof MemoryUnavailable))
    return {
      code: "internal",
      detail: "a defect of the server; its log says more",
      defect: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  if (isFull(error.cause))
    return {
      code: "overloaded",
      detail: "the disk is full; free some space, then send it again",
      afterMs: DISK_RETRY_MS,
    };
  return {
    code: "memory_unavailable",
    detail: within(data, error.message),
    afterMs: MEMORY_RETRY_MS,
  };
}

function ofMesh(error: MeshError, asked: MemoryWish["kind"], data: string): MemoryNo {
  switch (error.code) {
    case "queue_full":
      return { code: "overloaded", detail: error.message, afterMs: MEMORY_RETRY_MS };
    case "bad_vector":
      return {
        code: asked === "remember" ? "malformed" : "bad_query",
        detail: `${asked === "remember" ? "text" : "query"}: ${error.message}`,
      };
    case "memory_corrupt":
      return { code: "memory_unavailable", detail: within(data, error.message) };
    case "bad_config":
    case "embedder_failed":
      return { code: "embedder_failed", detail: error.message };
  }
}

function within(data: string, message: string): string {
  return message.replaceAll(`${data}/`, "");
}

function isFull(cause: unknown): boolean {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return code === "ENOSPC" || code === "EDQUOT";
}
