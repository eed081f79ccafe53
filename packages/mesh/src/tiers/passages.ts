/** Words of one passage: what an embedder takes without cutting, and a person reads at a glance. */
const PASSAGE_WORDS_MAX = 200;

/** A text in pieces that are remembered each by itself: paragraphs, joined while they are short, cut where they are long. */
export function passagesOf(text: string): readonly string[] {
  const passages: string[] = [];
  let current: string[] = [];
  let words = 0;
  const flush = (): void => {
    if (current.length > 0) passages.push(current.join("\n\n"));
    current = [];
    words = 0;
  };
  for (const paragraph of text.split(/\r?\n\s*\r?\n/)) {
    for (const piece of piecesOf(paragraph.trim())) {
      const count = piece.split(/\s+/).length;
      if (words + count > PASSAGE_WORDS_MAX) flush();
      current.push(piece);
      words += count;
    }
  }
  flush();
  return passages;
}

function piecesOf(paragraph: string): readonly string[] {
  if (paragraph === "") return [];
  const words = paragraph.split(/\s+/);
  if (words.length <= PASSAGE_WORDS_MAX) return [paragraph];
  const pieces: string[] = [];
  for (let start = 0; start < words.length; start += PASSAGE_WORDS_MAX)
    pieces.push(words.slice(start, start + PASSAGE_WORDS_MAX).join(" "));
  return pieces;
}
