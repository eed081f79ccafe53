import type { Document } from "@swoosh/kernel";

/**
 * A document's context under the type that its chart says. The chart has held the context against its schema before every
 * record: this is the one place of the package that trusts it.
 */
export function typedContext<Context>(document: Document): Context {
  return document.context as unknown as Context;
}
