/** JSON of other tools: fractions, duplicate keys and all. Nothing of it is believed without a look. */
export type Tree = Readonly<Record<string, unknown>>;

/** An object, or undefined where the text is none. */
export function parseTree(text: string): Tree | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isTree(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
