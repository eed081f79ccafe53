/**
 * One change of reduce's meaning. Records name the flags that they were made under, and replay uses those: an old
 * log never changes its meaning. A flag is never removed and its number never used again.
 */
export interface Flag {
  readonly number: number;
  readonly why: string;
  /** Version of the kernel that brought it. */
  readonly since: string;
}

/** Empty: the first semantics needs no flag. A change adds a row here and asks `hasFlag` where it differs. */
export const FLAGS: readonly Flag[] = [];

export function hasFlag(flags: readonly number[], number: number): boolean {
  return flags.includes(number);
}

/** Flags that this kernel does not know: a log that names one was written by a newer kernel. */
export function unknownFlags(
  flags: readonly number[],
  known: readonly Flag[] = FLAGS,
): readonly number[] {
  return flags.filter((number) => !known.some((flag) => flag.number === number));
}
