const CUT = "…";

/** The text, or its beginning with a sign that it goes on: never more than so many characters, and none of them cut in two. */
export function shortened(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const begin = text.slice(0, lengthMax - CUT.length);
  // The first half of a pair means nothing alone.
  return `${/[\uD800-\uDBFF]$/u.test(begin) ? begin.slice(0, -1) : begin}${CUT}`;
}
