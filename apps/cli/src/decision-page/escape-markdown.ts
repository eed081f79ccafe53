import { visibleText } from "../plain-text.ts";

/** What can mean something to Markdown or to HTML wherever it stands. */
const MARKS = /[\\`*[\]<>&|~"'!#$^{}=+@]/g;
/** Between letters and digits an underline is one; elsewhere it is emphasis. */
const UNDERLINES = /(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;
/** What readers make a link of by themselves. */
const LINKS = /:(?=\/\/)|(?<=www)\./gi;
/** What begins a list or a rule where it is the first of a line. */
const FIRST = /^-|(?<=^\d+)[.)]/;
/** Four of them would begin a block of code. */
const SPACES_BEFORE = /(?<=^ *) /g;

/**
 * A text of somebody else's in a page of Markdown: it is read as it was written, and changes nothing else of the page, in a paragraph,
 * a heading, a table or a list. Marks are character references, which never have a meaning of their own; line ends are `<br>`.
 */
export function escapeMarkdown(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map((line) => escapeLine(visibleText(line)))
    .join("<br>");
}

function escapeLine(line: string): string {
  return line
    .replaceAll(MARKS, reference)
    .replaceAll(UNDERLINES, reference)
    .replaceAll(LINKS, reference)
    .replace(FIRST, reference)
    .replaceAll(SPACES_BEFORE, reference);
}

function reference(mark: string): string {
  return `&#${mark.charCodeAt(0)};`;
}
