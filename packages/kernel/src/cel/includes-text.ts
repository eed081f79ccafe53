/** Up to here the engine's own search is fast enough even where every position nearly matches. */
const PART_LENGTH_NATIVE_MAX = 8;

/**
 * `text.includes(part)` in time linear in both lengths. Engines search long parts in time that can grow with the
 * product of the lengths, which the bound on an expression's time cannot allow (Knuth, Morris, Pratt 1977 instead).
 */
export function includesText(text: string, part: string): boolean {
  if (part.length <= PART_LENGTH_NATIVE_MAX || part.length >= text.length) {
    return part.length === text.length ? part === text : text.includes(part);
  }
  const fallback = fallbackTable(part);
  let matched = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && part.charCodeAt(matched) !== unit) matched = fallback[matched - 1] ?? 0;
    if (part.charCodeAt(matched) === unit) matched += 1;
    if (matched === part.length) return true;
  }
  return false;
}

/** For each prefix the length of its longest proper prefix that is also its suffix. */
function fallbackTable(part: string): Uint32Array {
  const table = new Uint32Array(part.length);
  let matched = 0;
  for (let at = 1; at < part.length; at += 1) {
    const unit = part.charCodeAt(at);
    while (matched > 0 && part.charCodeAt(matched) !== unit) matched = table[matched - 1] ?? 0;
    if (part.charCodeAt(matched) === unit) matched += 1;
    table[at] = matched;
  }
  return table;
}
