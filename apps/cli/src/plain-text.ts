/** Code points of one quoted value in a message: enough to recognise it. */
const QUOTED_LENGTH_MAX = 80;

const QUOTED = new RegExp(`"[^"]{${QUOTED_LENGTH_MAX + 1},}"`, "gu");

/**
 * Characters that would drive a terminal or hide in it: controls, line and paragraph separators, marks that turn the
 * direction of writing, and those without any width.
 */
const HIDDEN =
  // oxlint-disable-next-line no-control-regex -- a terminal must never be driven by a file that is shown
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** A text of somebody else's on one line of a terminal: what is hidden is written as `\u202e`, long values are cut. */
export function plainText(text: string): string {
  return text
    .replaceAll(QUOTED, (quoted) => `${[...quoted].slice(0, QUOTED_LENGTH_MAX).join("")}…"`)
    .replaceAll(HIDDEN, escaped);
}

/** A text whole, with what is hidden written as `\u202e`. */
export function visibleText(text: string): string {
  return text.replaceAll(HIDDEN, escaped);
}

/** A line of source as it stands in its columns: what is hidden takes one column, as it does in the file. */
export function sourceText(text: string): string {
  return text.replaceAll(HIDDEN, " ");
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Characters of East Asian scripts and pictures take two columns; a caret below them must know. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;
const WITHOUT_WIDTH = /\p{Mn}|\p{Me}|[\ufe00-\ufe0f]/u;

/** Columns that a text takes on a terminal. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (WITHOUT_WIDTH.test(character)) continue;
    columns += WIDE.test(character) ? 2 : 1;
  }
  return columns;
}
