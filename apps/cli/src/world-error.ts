/** Something outside failed: a file, a socket. The message says what, with which value, and what to do. */
export class WorldError extends Error {
  override readonly name = "WorldError";
}
