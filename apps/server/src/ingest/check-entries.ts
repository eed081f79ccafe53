import { Buffer } from "node:buffer";
import { IngestProblem } from "./ingest-problem.ts";
import {
  BUFFERED_BYTES_MAX,
  FILE_BYTES_MAX,
  FILES_MAX,
  LINK_BYTES_MAX,
  PATH_BYTES_MAX,
  STEP_BYTES_MAX,
  TOTAL_BYTES_MAX,
} from "./limits.ts";
import type { TreeEntry } from "./source-tree.ts";

export interface IngestBounds {
  readonly filesMax: number;
  readonly fileBytesMax: number;
  readonly totalBytesMax: number;
  /** Files up to here are held in memory from the scanner to the store. */
  readonly bufferedBytesMax: number;
}

export const INGEST_BOUNDS: IngestBounds = {
  filesMax: FILES_MAX,
  fileBytesMax: FILE_BYTES_MAX,
  totalBytesMax: TOTAL_BYTES_MAX,
  bufferedBytesMax: BUFFERED_BYTES_MAX,
};

/** Throws `bad_path` where a path is none that may be written below a checkout. */
export function checkPath(path: string): void {
  const wrong = whatIsWrong(path);
  if (wrong !== undefined)
    throw new IngestProblem(
      "bad_path",
      `the path ${JSON.stringify(path.slice(0, 200))} ${wrong}; rename it in the source`,
    );
}

function whatIsWrong(path: string): string | undefined {
  if (path === "") return "is empty";
  if (Buffer.byteLength(path) > PATH_BYTES_MAX)
    return `has ${Buffer.byteLength(path)} bytes, at most ${PATH_BYTES_MAX}`;
  if (path.includes("\ufffd") || /\p{Surrogate}/u.test(path)) return "is no UTF-8";
  // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
  if (/[\u0000-\u001f\u007f]/.test(path)) return "has a control character";
  if (path.startsWith("/")) return "is absolute";
  for (const step of path.split("/")) {
    if (step === "" || step === "." || step === "..")
      return `has the step ${JSON.stringify(step)}, which leads elsewhere`;
    if (step.toLowerCase() === ".git") return "leads into a folder of git";
    if (Buffer.byteLength(step) > STEP_BYTES_MAX)
      return `has a step of ${Buffer.byteLength(step)} bytes, at most ${STEP_BYTES_MAX}`;
  }
  return undefined;
}

/** Counts entries while they are listed, so that a source that is too large is refused before it is held. */
export class EntryCount {
  readonly #bounds: IngestBounds;
  #files = 0;
  #bytes = 0;

  constructor(bounds: IngestBounds) {
    this.#bounds = bounds;
  }

  add(path: string, size: number): void {
    this.#files += 1;
    this.#bytes += size;
    const { fileBytesMax, filesMax, totalBytesMax } = this.#bounds;
    if (this.#files > filesMax)
      throw new IngestProblem(
        "too_many_files",
        `the source has more than ${filesMax} files; ingest a part of it, or take generated files out`,
      );
    if (size > fileBytesMax)
      throw new IngestProblem(
        "file_too_large",
        `${path} has ${size} bytes; at most ${fileBytesMax}. Keep large files elsewhere and name them by hash`,
      );
    if (this.#bytes > totalBytesMax)
      throw new IngestProblem(
        "source_too_large",
        `the files up to ${path} have more than ${totalBytesMax} bytes together; ingest a part of the source`,
      );
  }
}

/** Paths that fit together: each once, and none below another that is a file. */
export function checkTogether(entries: readonly TreeEntry[]): void {
  const files = new Set<string>();
  for (const { path } of entries) {
    if (files.has(path))
      throw new IngestProblem("bad_path", `${path} is in the source twice; which one is meant?`);
    files.add(path);
  }
  for (const { path, mode, size } of entries) {
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1))
      if (files.has(path.slice(0, at)))
        throw new IngestProblem(
          "bad_path",
          `${path} lies below ${path.slice(0, at)}, which is a file and no folder`,
        );
    if (mode === "120000" && size > LINK_BYTES_MAX)
      throw new IngestProblem(
        "bad_path",
        `the link ${path} says ${size} bytes; at most ${LINK_BYTES_MAX}`,
      );
  }
}
