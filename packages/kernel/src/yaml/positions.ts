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
