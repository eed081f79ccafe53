/**
 * Texts to vectors. What it gives is an input of the mesh: quantised at once, recorded with the model's hash, and never
 * computed again in a replay.
 */
export interface Embedder {
  readonly name: string;
  /** `lexical`: the same words give the same direction, other words another one, whatever they mean. */
  readonly kind: "lexical" | "model";
  /** Names what computed the vector: equal hashes, comparable vectors. */
  readonly modelHash: string;
  readonly dimensions: number;
  /** One vector for each text, in order. Rejects with an `EmbedFault`. */
  embed(texts: readonly string[]): Promise<readonly ArrayLike<number>[]>;
}

/**
 * `busy`: it takes no more at the moment. `memory`: the batch is too large for it. `down`: no answer. `wrong`: an answer
 * that no second try will better.
 */
export type EmbedFaultKind = "busy" | "memory" | "down" | "wrong";

/** Why an embedder gave nothing; its kind says whether asking again, or for less, may help. */
export class EmbedFault extends Error {
  override readonly name = "EmbedFault";
  readonly kind: EmbedFaultKind;

  /** `message` says what happened, for people; `cause` is the error below, if there was one. */
  constructor(kind: EmbedFaultKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}
