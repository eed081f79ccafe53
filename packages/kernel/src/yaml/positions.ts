/** Where something stands in a file: 1-based; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Keys and indexes from the root of a file's value. */
export type YamlPath = readonly (string | number)[];

/**
 * Where the parts of a file stand. A path that the file does not have answers with its nearest ancestor,
 * so that "required, but missing" can point at what lacks it.
 */
export interface Positions {
  /** Of the key that ends `path`; of a list's item, where the item begins. */
  key(path: YamlPath): Position;
  value(path: YamlPath): Position;
  /** `offset` UTF-16 units into the text at `path`; where it begins, if it is not written on one line as it reads. */
  within(path: YamlPath, offset: number): Position;
}

/** Offsets of one value and of all below it. */
export interface PlacedValue {
  readonly keyAt: number;
  readonly valueAt: number;
  /** Where a text's characters begin, if they stand on one line as they read; else −1. */
  readonly textAt: number;
  readonly members: ReadonlyMap<string | number, PlacedValue>;
}

/** Turns offsets into positions. */
export class LineIndex {
  readonly #starts: readonly number[];

  constructor(text: string) {
    const starts = [0];
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1))
      starts.push(at + 1);
    this.#starts = starts;
  }

  positionOf(offset: number): Position {
    let low = 0;
    let high = this.#starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
}

/** `Positions` over what `read-node.ts` found. */
export function positionsOf(root: PlacedValue, lines: LineIndex): Positions {
  return {
    key: (path) => lines.positionOf(nearest(root, path).found.keyAt),
    value: (path) => lines.positionOf(nearest(root, path).found.valueAt),
    within: (path, offset) => {
      const { found, isExact } = nearest(root, path);
      const hasText = isExact && found.textAt >= 0;
      return lines.positionOf(hasText ? found.textAt + offset : found.valueAt);
    },
  };
}

function nearest(root: PlacedValue, path: YamlPath): { found: PlacedValue; isExact: boolean } {
  let found = root;
  for (const part of path) {
    const member = found.members.get(part);
    if (member === undefined) return { found, isExact: false };
    found = member;
  }
  return { found, isExact: true };
}
