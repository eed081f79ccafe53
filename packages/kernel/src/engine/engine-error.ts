/** `no_genesis`: the journal is empty and nothing was given to begin it with. `genesis_refused`: what was given cannot be. */
export type EngineErrorCode = "no_genesis" | "genesis_refused";

/** Why an engine cannot be made; terminal until the caller does something else. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
