import { assert } from "../invariant.ts";

const OPENING = '"idem_key":"';

/** Is there a key to be read? Every record has one; what only tests append may not. */
export function hasKey(text: string): boolean {
  return text.includes(OPENING);
}

/**
 * The idempotency key of a record, from its canonical text, without reading the rest: recovery does this for every
 * record that a snapshot stands for. In canonical order nothing that follows the key can hold this opening: the fields
 * after it are fixed names, and inside a text its quotes would be escaped.
 */
export function keyOfText(text: string): string {
  const opening = text.lastIndexOf(OPENING);
  assert(opening >= 0, "a record's text has an idempotency key");
  const from = opening + OPENING.length - 1;
  let to = from + 1;
  while (to < text.length && text.charAt(to) !== '"') to += text.charAt(to) === "\\" ? 2 : 1;
  const key: unknown = JSON.parse(text.slice(from, to + 1));
  assert(typeof key === "string", "an idempotency key is a text");
  return key;
}
