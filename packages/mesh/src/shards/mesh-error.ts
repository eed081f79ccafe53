/**
 * What the mesh refuses of what it is given. Its own mistakes are assertions; an answer that is no (a full mesh, a
 * dead cell) is a value.
 */
export type MeshErrorCode =
  /** A vector of another length, with NaN or infinity, or of nothing but zeros. */
  | "bad_vector"
  /** Sizes, limits or rates outside of what can be. */
  | "bad_config"
  /** The embedder did not answer, or not with what it promised. */
  | "embedder_failed"
  /** More texts wait than the queue holds. */
  | "queue_full"
  /** A file of the memory's folder is not what its name says. */
  | "memory_corrupt";

/** A domain error of the mesh: its code is in the table of errors, its message says which value and what to do. */
export class MeshError extends Error {
  override readonly name = "MeshError";
  readonly code: MeshErrorCode;

  /** `cause` is the error below, if there was one; the message does not repeat it. */
  constructor(code: MeshErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
