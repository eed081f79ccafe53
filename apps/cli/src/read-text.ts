import { closeSync, openSync, readSync } from "node:fs";
import { WorldError } from "./world-error.ts";

/** Bytes read at most, whatever the file claims to be: a chart is far smaller, and a device would never end. */
const READ_BYTES_MAX = 8 * 1024 * 1024;

/** Text of a UTF-8 file. WorldError where it cannot be read, is too large or is not UTF-8. */
export function readText(path: string, bytesMax: number = READ_BYTES_MAX): string {
  const bytes = readBytes(path, bytesMax);
  if (bytes.length > bytesMax) {
    throw new WorldError(
      `${path}: larger than ${bytesMax} bytes, the most that is read here; give a smaller file`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new WorldError(`${path}: not UTF-8 text; save it as UTF-8`, { cause });
  }
}

/** The file's bytes, and at most one byte more than asked for: enough to tell that it is too large. */
function readBytes(path: string, bytesMax: number): Buffer {
  try {
    const descriptor = openSync(path === "-" ? "/dev/stdin" : path, "r");
    try {
      const chunks: Buffer[] = [];
      let total = 0;
      while (total <= bytesMax) {
        const chunk = Buffer.alloc(Math.min(65_536, bytesMax + 1 - total));
        const count = readSync(descriptor, chunk);
        if (count === 0) break;
        chunks.push(chunk.subarray(0, count));
        total += count;
      }
      return Buffer.concat(chunks);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw new WorldError(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "ENOENT") return "there is no such file; check the path";
  if (code === "EACCES") return "permission denied; check the file's mode";
  if (code === "EISDIR") return "it is a folder; name a file in it";
  return cause instanceof Error ? cause.message : String(cause);
}
