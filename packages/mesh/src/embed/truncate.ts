/** Tokens of a text that are embedded; what models of 768 dimensions take. Words stand in for a model's own tokens. */
export const TOKENS_MAX = 512;

/** The text up to its 512th word, and whether something was cut. Words end at white space. */
export function truncate(text: string): { readonly text: string; readonly isCut: boolean } {
  let words = 0;
  let inWord = false;
  for (let index = 0; index < text.length; index += 1) {
    const isSpace = text.charCodeAt(index) <= 32;
    if (isSpace && inWord) words += 1;
    inWord = !isSpace;
    if (isSpace && words === TOKENS_MAX) {
      const rest = text.slice(index).trim();
      return rest === "" ? { text, isCut: false } : { text: text.slice(0, index), isCut: true };
    }
  }
  return { text, isCut: false };
}
