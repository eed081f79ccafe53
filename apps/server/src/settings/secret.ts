import { hash, timingSafeEqual } from "node:crypto";
import { inspect } from "node:util";

/** What is shown of a secret, wherever it is shown. */
export const MASK = "(secret)";

/**
 * A text that nobody may see. Whatever prints it by mistake (a template, JSON, an inspection, an error) prints the mask;
 * the text itself comes out of `reveal` alone, so a search for that word finds every place that handles it.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text. For what needs it, and never for a message. */
  reveal(): string {
    return this.#text;
  }

  /** Is it this text? Takes as long whatever the answer is. */
  matches(text: string): boolean {
    return timingSafeEqual(hash("sha256", this.#text, "buffer"), hash("sha256", text, "buffer"));
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
