import { cutCodePoints } from "./text.ts";

/** Code points of a value that a message repeats: enough to recognise it, little enough to read on. */
export const QUOTE_LENGTH_MAX = 60;

/** A text as a message shows it: in double quotes, escaped, cut with `…`. Lone surrogates are shown as escapes. */
export function quote(text: string): string {
  const cut = cutCodePoints(text, QUOTE_LENGTH_MAX);
  return cut === text ? JSON.stringify(text) : `${JSON.stringify(cut).slice(0, -1)}…"`;
}
