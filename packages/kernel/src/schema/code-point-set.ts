/** Inclusive ranges of code points, sorted and apart from one another. */
export type CodePointRanges = readonly (readonly [first: number, last: number])[];

export const CODE_POINT_MAX = 0x10_ffff;
const ASCII_SIZE = 128;

/** Sorts and merges. */
export function rangesOf(parts: CodePointRanges): CodePointRanges {
  const merged: [number, number][] = [];
  for (const [first, last] of [...parts].sort(([a], [b]) => a - b)) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** Every code point that is not in `ranges`. */
export function complementOf(ranges: CodePointRanges): CodePointRanges {
  const outside: [number, number][] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) outside.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= CODE_POINT_MAX) outside.push([next, CODE_POINT_MAX]);
  return outside;
}

/** A membership test: one table look-up for ASCII, a walk over the ranges for the rest. */
export function membershipOf(ranges: CodePointRanges): (codePoint: number) => boolean {
  const ascii = new Uint8Array(ASCII_SIZE);
  for (const [first, last] of ranges) {
    for (let point = first; point <= last && point < ASCII_SIZE; point += 1) ascii[point] = 1;
  }
  const beyond = ranges.filter(([, last]) => last >= ASCII_SIZE);
  return (codePoint) =>
    codePoint < ASCII_SIZE
      ? ascii[codePoint] === 1
      : beyond.some(([first, last]) => first <= codePoint && codePoint <= last);
}
