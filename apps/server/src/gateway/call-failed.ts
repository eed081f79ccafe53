/** A call to an agent that brought no answer, or a no. `offline` and `lost` say nothing of whether it was carried out. */
export class CallFailed extends Error {
  override readonly name = "CallFailed";
  /** `offline`, `lost`, `deadline`, `no_credit`, or the agent's own word. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
